"""The Home tab: the first visit, what a member sees and presses there, and changes that come from elsewhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.coach import challenges, membership
from bot.core.member import MemberKey
from bot.playground.emulator import faults
from bot.slack.blocks import button
from bot.slack.gateway import WorkspaceGateway
from tests.acting import acting
from tests.running import rows_about
from tests.slack.challenge import NORA, PLATFORM, TITLE, Team
from tests.slack.home import HomeTab
from tests.slack.life import EMIL, Life
from tests.slack.talk import Talk

EMIL_KEY, NORA_KEY = MemberKey("T01NORTHWIND", EMIL), MemberKey("T01NORTHWIND", NORA)
HomeOf = Callable[..., HomeTab]


@pytest.fixture
def home(life: Life) -> HomeOf:
    return lambda who=EMIL: HomeTab(life.slack, who)


@pytest.fixture
async def page(home: HomeOf) -> HomeTab:
    """Return the Home of somebody who chose a role and said no to weekly tips."""
    page = home()
    await page.opens()
    await page.presses("DevOps Engineer")
    await page.shows("*Next: ")
    await Talk(page.slack, page.who).does("/roleshift tips off")
    await page.shows("Weekly tips are off.")
    return page


async def test_a_first_visit_offers_the_role_that_fits_and_leads_to_the_first_tip_and_to_a_yes(home: HomeOf) -> None:
    page = home()
    assert "*Is DevOps Engineer your role?* It fits your title in Slack." in await page.opens()
    await page.presses("Yes")
    assert "*DevOps Engineer → AI Platform Enabler*\n_Was_" in page.words
    assert "*Next: " in page.words
    await page.presses("Start")
    await page.shows("*Done when*")
    assert page.slack.workspace.screens.stacks[EMIL] == [], "the Home is the answer"
    await page.presses("Did it")
    await page.presses("Yes")
    await page.shows("Next weekly tip: Tuesday")


async def test_every_button_of_the_home_changes_it_or_opens_something(page: HomeTab) -> None:
    for label in dict.fromkeys(page.labels):
        if label not in page.labels:  # what was pressed before took it away
            continue
        before = page.words
        await page.presses(label)
        opened = page.slack.workspace.screens.stacks[EMIL]
        assert opened or page.words != before, label
        for modal in list(opened):
            await page.slack.close(EMIL, modal)


async def test_a_refusal_in_a_modal_or_in_home_is_read_there(page: HomeTab, life: Life) -> None:
    old = page.view.blocks[-1]["accessory"]
    old |= button("Learn", "learn", "x") | {"value": "no such skill"}
    await life.slack.click(EMIL, page.view, "roleshift:learn:x")
    assert "I don't know" in page.modal
    (modal,) = life.slack.workspace.screens.stacks[EMIL]
    await page.presses("All skills", modal)
    assert "Skills on the path" in page.modal


async def test_a_challenge_that_an_admin_starts_and_ends_comes_and_goes_on_every_open_home(
    page: HomeTab, team: Team
) -> None:
    assert "Team challenge" not in page.words
    await team.starts()
    assert TITLE in await page.opens()
    await page.presses("I'm in")
    assert "You're in." in page.words
    await page.presses("I did it")
    assert "You did it." in page.words
    (challenge,) = await team.kept()
    await team.services.store.write(acting(challenges.cancel, NORA_KEY, team.now), challenge.challenge_id)
    assert TITLE not in await page.opens()


async def test_the_tip_of_the_week_is_on_the_home_and_is_done_there(page: HomeTab, life: Life) -> None:
    await page.presses("Start weekly tips")
    await life.until_tuesday()
    assert "*Done when*" in await page.opens()
    await page.presses("Did it")
    assert "Done this week" in page.words
    await page.presses("What came out?")
    await life.slack.save(EMIL, {"line": "wiki/costs", "readers": "named"})
    await page.shows("> wiki/costs\n_Colleagues on this tip may read it, with your name._")
    await page.presses("Undo")
    assert "Done this week" not in page.words


async def test_who_forgets_themselves_sees_the_first_visit_and_nothing_is_kept(page: HomeTab, life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift forget me")
    await life.slack.click(EMIL, talk.last, "roleshift:forget-now")
    await page.shows("your role?")
    await page.presses("DevOps Engineer")
    assert "*Next: " in page.words


async def test_a_guest_is_told_that_nothing_is_stored_and_nothing_is(home: HomeOf, life: Life, tmp_path: Path) -> None:
    guest = next(each for each in life.slack.workspace.people.values() if each.kind == "guest")
    page = home(guest.id)
    assert "I can coach full members only" in await page.opens()
    await page.presses("All skills")
    assert "Skills in all" in page.modal
    page.view.blocks[-1]["elements"][0] |= {"action_id": "roleshift:tips:on", "value": "on"}
    await life.slack.click(guest.id, page.view, "roleshift:tips:on")
    assert "I can coach full members only" in page.modal
    assert page.publications == 1, "no press makes it a member's Home"
    assert rows_about(tmp_path, guest.id) == []


async def test_an_admin_is_shown_what_to_do_first_until_it_is_done(home: HomeOf, team: Team) -> None:
    page, steps = home(NORA), ["Introduce me in a channel", "Teams", "Quiet hours", "Allowed tools"]
    assert "*For admins: your first day*" in await page.opens(), "without a role, too"
    assert [label for label in page.labels if label in steps] == steps
    form = (await page.presses("Quiet hours")).form
    await team.slack.submit(NORA, form)
    await page.shows("*For admins: your first day*\n✓ Quiet hours")
    preview = await team.slack.submit(NORA, await page.presses("Introduce me in a channel"), {"channel": PLATFORM})
    await team.slack.submit(NORA, preview)
    await page.shows("✓ Introduce me in a channel · ✓ Quiet hours")
    team.slack.faults.add(faults.refuse("chat.postMessage", error="not_in_channel"))
    await team.jobs()
    assert "✓ Introduce" not in await page.opens(), "Slack refused it"
    assert [label for label in page.labels if label in steps] == ["Introduce me in a channel", "Teams", "Allowed tools"]
    await page.presses("Allowed tools")
    assert "policy.yaml" in page.modal
    await page.presses("Done with this")
    await page.shows("*Everybody:* no figures yet.")
    assert "first day" not in page.words
    others = await home().opens()
    assert "first day" not in others
    assert "*Everybody:*" not in others


async def test_what_a_member_does_elsewhere_is_on_their_open_home_and_published_once(page: HomeTab, life: Life) -> None:
    before = page.publications
    await life.talk().does("/roleshift myrole ml engineer")
    await page.shows("AI Performance Evaluator")
    await life.talk().does("/roleshift myrole ml engineer")
    await life.talk().does("/roleshift roles")
    assert page.publications == before + 1, "nothing changed, so nothing is published"


async def test_a_home_that_slack_did_not_take_is_published_at_the_next_opening(page: HomeTab, life: Life) -> None:
    fault = faults.drop("views.publish")
    life.slack.faults.add(fault)
    await life.talk().does("/roleshift myrole ml engineer")
    await page.opens()
    await page.shows("AI Performance Evaluator")
    assert fault.struck == 1


async def test_a_home_that_was_read_before_its_member_was_forgotten_does_not_stay(
    page: HomeTab, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = WorkspaceGateway.publish_home

    async def forget_first(slack: WorkspaceGateway, member_id: str, view: dict[str, object]) -> Any:
        monkeypatch.setattr(WorkspaceGateway, "publish_home", show)
        await life.services.store.write(membership.forget, EMIL_KEY, life.services.clock.now())
        return await show(slack, member_id, view)

    monkeypatch.setattr(WorkspaceGateway, "publish_home", forget_first)
    await life.talk().does("/roleshift myrole ml engineer")
    await page.shows("your role?")
    assert "Evaluator" not in page.words
