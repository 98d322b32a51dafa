"""Slack accepts every screen: in every situation, with all real content, and with content at its limits."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.models.blocks import Block as SdkBlock

from bot.author.screens import screens_of as content_screens
from bot.coach.learning import SkillList
from bot.coach.posts.challenges import Posting
from bot.core.catalog import Catalog
from bot.core.challenges import ChallengeState
from bot.core.content_types import Source
from bot.core.errors import NextStep, Unclear
from bot.core.learning import progress_of
from bot.playground.emulator.blocks import elements
from bot.playground.emulator.rules import assert_slack_ok
from bot.slack import home, progress, role, show, skill, sorry
from bot.slack.challenge import card
from bot.slack.message import Block, Message
from bot.slack.team.desk import CHART
from tests.every import check_every
from tests.real_content import load
from tests.records import record_of
from tests.slack.screens import challenges, homes, tips
from tests.slack.screens.situations import Screen, on_surface, situations
from tests.slack.screens.small_catalog import SMALL, catalog_of, skill as small_skill

AGAIN = NextStep("", "learn", "x")
SITUATIONS = dict(situations(SMALL))
REAL = load()


def real_screens() -> Iterator[tuple[str, Screen]]:
    """Yield the screens of what is taught, but for those of each step, and what members see who learned all of it."""
    first_words = {"role", "skill", "tip", "theme", "project", "lab", "challenge", "all", "choose"}
    yield from ((each.name, each.shown) for each in content_screens(REAL) if each.name.split()[0] in first_words)
    for slug, mine in REAL.roles.items():
        yield f"fullest Home as {slug}", homes.view(homes.fullest(REAL, mine))
        yield f"fullest Coach me as {slug}", home.coach_me_modal(homes.fullest(REAL, mine))
        learned = record_of(mine, learned=dict.fromkeys(REAL.skills, tips.AT))
        yield f"progress as {slug}", progress.progress_card(progress_of(REAL, learned, (), tips.AT))


SCREENS = {**SITUATIONS, **dict(real_screens())}
MARK_UP = re.compile(r"`|\*\w+\*|&(amp|lt|gt);")


MOTTOS = "|".join(motto.emoji for motto in {*SMALL.mottos, *REAL.mottos})
# Lists, quotes and code have their marks; a motto has its emoji, as its source has it.
BEGINS = re.compile(rf"[*_`(“]*(\w|<[@#!h]|&lt;|[@/]|(> |• |```|{MOTTOS}))")


def slack_takes(screen: Screen) -> None:
    payload, surface = on_surface(screen)
    assert_slack_ok(json.loads(json.dumps(payload)), surface)  # type: ignore[arg-type]  # one of the three surfaces


def the_sdks_models_read_it_and_give_it_back_unchanged(screen: Screen) -> None:
    for block in blocks_of(screen):
        if block["type"] == CHART:  # slack_sdk 3.48 has no model of it; the emulator's rules check it
            assert SdkBlock.parse(block) is None
            continue
        model = SdkBlock.parse(block)
        assert model is not None, f"the SDK does not know {block['type']}"
        model.validate_json()
        assert model.to_dict() == block


def no_two_things_to_press_are_the_same(screen: Screen) -> None:
    ids = [element["action_id"] for _, element in elements(blocks_of(screen))]
    assert [each for each in ids if ids.count(each) > 1] == []


def a_screen_reader_reads_words_or_numbers_first(screen: Screen) -> None:
    payload = on_surface(screen)[0]
    texts = [payload.get("text", ""), *texts_of(payload, "mrkdwn"), *texts_of(payload, "plain_text")]
    assert [text for text in texts if text and not BEGINS.match(text)] == []


def slack_folds_no_section(screen: Screen) -> None:
    """Slack may fold a section of more than about 700 characters, unless it has `expand`."""
    long = [block for block in blocks_of(screen) if len(block.get("text", {}).get("text", "")) > 650]
    assert [block["text"]["text"] for block in long if not block.get("expand")] == []


def it_has_one_emoji_at_most_beside_the_mottos_and_is_never_loud(screen: Screen) -> None:
    text = json.dumps(on_surface(screen)[0], ensure_ascii=False)
    emojis = [char for char in text if "\U0001f300" <= char <= "\U0001faff"]
    assert len(emojis) <= max(1, len(re.findall(MOTTOS, text)))
    assert "!!" not in text


def a_plain_text_holds_no_mark_up(screen: Screen) -> None:
    """Slack would show its signs."""
    assert [text for text in texts_of(on_surface(screen)[0], "plain_text") if MARK_UP.search(text)] == []


@pytest.mark.parametrize(
    "rule",
    [
        slack_takes, the_sdks_models_read_it_and_give_it_back_unchanged, no_two_things_to_press_are_the_same,
        a_screen_reader_reads_words_or_numbers_first, slack_folds_no_section, a_plain_text_holds_no_mark_up,
        it_has_one_emoji_at_most_beside_the_mottos_and_is_never_loud,
    ],
)  # fmt: skip
def test_every_screen_keeps(rule: Callable[[Screen], None]) -> None:
    check_every(SCREENS, rule)


HOSTILE = "<!channel> & <@U1> <https://evil.example|x>"
# A quote, ids, moments, and an address that is shown as it is; the hostile text has more.
MADE_BY_VIEWS = re.compile(r"(?m)^> |<@U\w+>|<#C\w+>|<!date\^[^<>]+>|<https://[^<>|]+>|<https://example.org/[^<>]+>")
LITERAL = "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_any_text_in_content_is_shown_literally() -> None:
    def check(screen: Screen) -> None:
        assert [text for text in mrkdwn_of(screen) if HOSTILE in text] == []
        assert [text for text in mrkdwn_of(screen) if re.search("[<>]", MADE_BY_VIEWS.sub("", text))] == []

    hostile = dict(situations(catalog_of(HOSTILE)))
    check_every(hostile, check)
    reached = [name for name, screen in hostile.items() if LITERAL in json.dumps(on_surface(screen)[0])]
    assert len(reached) > 250, "the hostile text did not reach the screens"


def test_slack_mentions_nobody_whom_the_words_of_a_challenge_name() -> None:
    hostile = replace(challenges.of_template(SMALL), title="@here", task="@here", done_when="@here", question="@here")
    messages = ((name, screen) for name, screen in challenges.screens_of(SMALL, hostile) if isinstance(screen, Message))
    texts = [(name, each) for name, screen in messages for each in parts_of(list(screen.blocks), "mrkdwn")]
    named = [(name, each) for name, each in texts if "@here" in each["text"]]
    assert len(named) > 50, "the words did not reach the screens"
    assert [name for name, each in named if not each.get("verbatim")] == []


def test_names_as_long_as_content_allows_fit_everywhere() -> None:
    check_every(dict(situations(catalog_of("x" * 60))), slack_takes)


def test_a_catalogue_of_two_hundred_skills_and_twenty_roles_still_fits() -> None:
    many = [small_skill(f"{number:055}", "x" * 60, SMALL.themes["speed-matters"]) for number in range(200)]
    devops = SMALL.roles["devops-engineer"]
    copies = [devops.model_copy(update={"slug": f"role-{number}"}) for number in range(20)]
    big = Catalog(
        SMALL.themes, SMALL.mottos, SMALL.boundaries,
        roles={each.slug: each for each in copies} | dict(SMALL.roles),
        skills={taught.slug: taught for taught in many} | dict(SMALL.skills),
    )  # fmt: skip
    everything = tuple(big.skills.values())
    for screen in (
        skill.skill_list(SkillList(big, None, everything, frozenset())),
        skill.pick_for("skill", SkillList(big, None, everything, frozenset())),
        show.pick_to_show(everything),
        sorry.refused(Unclear("Pick one.", "skill", ((each.name, each.slug) for each in everything)), AGAIN),
        progress.progress_card(progress_of(big, record_of(devops, learned=list(big.skills)), (), tips.AT)),
        role.role_list(big),
        role.role_picker(big),
        role.theme_card(big, "speed-matters"),
    ):
        slack_takes(screen)
    said = skill.skill_list(SkillList(big, None, everything, frozenset())).blocks[0]["text"]["text"]
    assert said.endswith("\n…and 193 more."), "the menu does not hold all of them"
    of_theme = role.theme_card(big, "speed-matters").blocks[-2]["text"]["text"]
    assert of_theme.endswith("\n…and 195 more.")


def test_eight_sources_of_a_skill_fit() -> None:
    source = Source(title="x" * 200, by="x" * 60, url=f"https://{'x' * 290}", licence="x" * 60, read_on=tips.AT.date())
    slack_takes(skill.skill_sources(SMALL.skills["quality"].model_copy(update={"sources": (source,) * 8})))


@pytest.mark.parametrize(
    ("letter", "title", "task", "line"),
    [("x", 80, 2000, 200), ("&", 16, 400, 40), ("🧑", 80, 2000, 200), ("https://a/ ", 7, 181, 18)],
)
def test_a_challenge_as_long_as_its_form_allows_fits_everywhere(letter: str, title: int, task: int, line: int) -> None:
    long = replace(challenges.of_template(SMALL), title=letter * title, task=letter * task)
    long = replace(long, done_when=letter * line, question=letter * line)
    check_every(dict(challenges.screens_of(SMALL, long)), slack_takes)


@pytest.mark.parametrize("letter", ["x", "&", "🧑", "https://a/ "])
def test_five_lines_of_300_letters_can_be_quoted(letter: str) -> None:
    challenge = challenges.of_template(SMALL)
    words = (letter * 300)[:300]
    lines = tuple(replace(challenges.written(challenge), entry_id=f"{number:016x}", line=words) for number in range(5))
    closed = replace(challenge, state=ChallengeState.CLOSED)
    recap = card.recap(SMALL, Posting(closed, challenges.ALL, lines=lines), {"U2": words[:80]})
    assert_slack_ok(on_surface(recap)[0], "message")


def blocks_of(screen: Screen) -> list[Block]:
    payload, _ = on_surface(screen)
    blocks: list[Block] = json.loads(json.dumps(payload.get("blocks", [])))
    return blocks


def mrkdwn_of(screen: Screen) -> Iterator[str]:
    """Yield every text in which Slack would interpret mark-up: a message's own, and those of type mrkdwn."""
    payload, surface = on_surface(screen)
    if surface == "message":
        yield payload["text"]
    yield from texts_of(payload, "mrkdwn")


def texts_of(part: Any, kind: str) -> Iterator[str]:
    return (each["text"] for each in parts_of(part, kind))


def parts_of(part: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict) and part.get("type") == kind:
        yield part
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from parts_of(inner, kind)
