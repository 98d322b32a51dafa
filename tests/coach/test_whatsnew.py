"""What is new on a member's path: counted from the first reading on, for their role, since they last looked."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.coach import editions, membership, roles, whatsnew
from bot.content import load
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.whatsnew import News, hashes
from bot.store import Store
from tests.coach.members import BERLIN, EMIL, NORA, NOW
from tests.content_folder import CHALLENGE, FILES, ROLE, SKILL, Changed, edited, write

HOUR = timedelta(hours=1)
FIRST = "skills/first.yaml"
THIRD = SKILL.format(slug="third", name="Third skill")
THIRD_TIP = "  - {id: first-three, title: Do three, do: Open three logs., done_when: all are open., minutes: 20}\n"
OTHER_ROLE = ROLE.replace("Tester", "Solver").replace("[QA]", "[SE]").replace("[first, second]", "[second]")


class Team:
    """Two members with a role, and a content folder that changes."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder, self.hours = store, folder, 0

    async def reads(self, changes: Changed) -> int:
        """Serve the content with these changes, an hour after the last step. Return how many entries are news."""
        self.hours += 1
        self.catalog: Catalog = load(write(self.folder, changes))
        return await self.store.write(editions.record, hashes(self.catalog), NOW + self.hours * HOUR)

    async def meets(self, who: MemberKey, role: str | None = "tester") -> None:
        self.hours += 1
        at = NOW + self.hours * HOUR
        await self.store.write(membership.meet, who, BERLIN, at)
        if role is not None:
            await self.store.write(roles.set_role, self.catalog, who, self.catalog.roles[role], at)

    async def looks(self, who: MemberKey = NORA) -> News | None:
        self.hours += 1
        return (await self.store.write(whatsnew.look, self.catalog, who, NOW + self.hours * HOUR)).news


@pytest.fixture
async def team(store: Store, tmp_path: Path) -> Team:
    """Return the team after the very first reading."""
    team = Team(store, tmp_path)
    assert await team.reads({"roles/solver.yaml": OTHER_ROLE}) == 0
    await team.meets(NORA)
    return team


def told(news: News | None) -> dict[str, list[str]]:
    """Return the news in short, by skill."""
    assert news is not None
    found = {} if not news.reworded else {"role": ["reworded"]}
    for skill in news.skills:
        flags = ["new"] * skill.is_new + ["reworded"] * skill.reworded
        tips = [f"+{tip.id}" for tip in skill.new_tips] + [f"~{tip.id}" for tip in skill.changed_tips]
        challenges = [f"+{each.slug}" for each in skill.new_challenges]
        found[skill.skill.slug] = [*flags, *tips, *challenges, *(f"~{each.slug}" for each in skill.changed_challenges)]
    return found


async def test_at_the_very_first_reading_everything_is_old_also_for_a_member_who_was_there_before(
    store: Store, tmp_path: Path
) -> None:
    catalog = load(write(tmp_path))
    await store.write(membership.meet, NORA, BERLIN, NOW)
    await store.write(roles.set_role, catalog, NORA, catalog.roles["tester"], NOW)
    await store.write(editions.record, hashes(catalog), NOW + HOUR)
    found = await store.write(whatsnew.look, catalog, NORA, NOW + 2 * HOUR)
    assert (told(found.news), found.since) == ({}, NOW)


CHANGES: dict[str, tuple[Changed, dict[str, list[str]]]] = {
    "a tip": ({FIRST: FILES[FIRST] + THIRD_TIP}, {"first": ["+first-three"]}),
    "the words of a tip": (edited(FIRST, "Open one log.", "Open one old log."), {"first": ["~first-one"]}),
    "the minutes of a tip": (edited(FIRST, "minutes: 15", "minutes: 20"), {"first": ["~first-one"]}),
    "the words of a skill": (edited(FIRST, "It pays.", "It pays off."), {"first": ["reworded"]}),
    "a challenge": ({"challenges/traces.yaml": CHALLENGE.format(name="Open the traces")}, {"first": ["+traces"]}),
    "the words of a challenge": (
        {"challenges/logs.yaml": CHALLENGE.format(name="Open the other logs")},
        {"first": ["~logs"]},
    ),
    "the words of the role": (edited("roles/tester.yaml", "Tests by hand", "Tested by hand"), {"role": ["reworded"]}),
    "a skill that came onto the path": (
        {"skills/third.yaml": THIRD, **edited("roles/tester.yaml", "[first, second]", "[first, third, second]")},
        {"third": ["new", "+third-one", "+third-two"]},
    ),
    "the order of the path": (edited("roles/tester.yaml", "[first, second]", "[second, first]"), {}),
    "a skill on no path": ({"skills/third.yaml": THIRD}, {}),
    "another role": ({"roles/solver.yaml": OTHER_ROLE.replace("Tests by hand", "Tested by hand")}, {}),
    "who keeps it true": (edited(FIRST, "why:", "owner: us\nreviewed_on: 2026-11-25\nwhy:"), {}),
    "how people ask for it": (edited(FIRST, "why:", "asks: [how to begin]\nwhy:"), {}),
}


@pytest.mark.parametrize(("changes", "news"), CHANGES.values(), ids=CHANGES)
async def test_a_member_is_told_once_what_changed_on_their_path(
    team: Team, changes: Changed, news: dict[str, list[str]]
) -> None:
    await team.reads(changes)
    assert told(await team.looks()) == news
    assert told(await team.looks()) == {}, "they have seen it"
    await team.meets(EMIL)
    assert told(await team.looks(EMIL)) == {}, "it was there when the bot met them"


async def test_the_latest_change_comes_first_and_later_ones_add_up(team: Team) -> None:
    first: Changed = {FIRST: FILES[FIRST] + THIRD_TIP}
    await team.reads(first)
    await team.reads(first | edited("skills/second.yaml", "It pays.", "It pays off."))
    news = await team.looks()
    assert told(news) == {"first": ["+first-three"], "second": ["reworded"]}
    assert news is not None
    assert [each.skill.slug for each in news.skills] == ["second", "first"]


async def test_a_tip_that_is_new_and_was_corrected_since_is_still_new(team: Team) -> None:
    await team.reads({FIRST: FILES[FIRST] + THIRD_TIP})
    await team.reads({FIRST: FILES[FIRST] + THIRD_TIP.replace("Do three", "Do all three")})
    assert told(await team.looks()) == {"first": ["+first-three"]}


async def test_an_entry_that_comes_back_is_not_new(team: Team) -> None:
    assert await team.reads({FIRST: FILES[FIRST] + THIRD_TIP}) == 1
    assert told(await team.looks()) == {"first": ["+first-three"]}
    assert await team.reads({}) == 0
    assert await team.reads({FIRST: FILES[FIRST] + THIRD_TIP}) == 0
    assert told(await team.looks()) == {}


async def test_without_a_role_nothing_counts_as_seen(team: Team) -> None:
    await team.meets(EMIL, role=None)
    await team.reads({FIRST: FILES[FIRST] + THIRD_TIP})
    assert await team.looks(EMIL) is None
    await team.store.write(roles.set_role, team.catalog, EMIL, team.catalog.roles["tester"], NOW)
    assert told(await team.looks(EMIL)) == {"first": ["+first-three"]}
