"""No screen has more words and buttons than its budget, counted as a person reads it: its text and its buttons.

A message for notifications, the choices behind a menu and the text of a confirmation are not on the screen.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from bot.author.screens import screens_of
from bot.coach import ask as coach
from bot.coach.learning import MyRole
from bot.coach.posts.tips import ChoosePost
from bot.core.calendar import DEFAULT_SLOT
from bot.core.content_types import Level, ReplyAbout, Role
from bot.core.learning import path_of, role_lines
from bot.core.member import Consent, Schedule
from bot.core.next_step import Ended, Place
from bot.core.questions import TOPICS, SearchResult, entries_of
from bot.playground.emulator.blocks import elements
from bot.slack import ask, lab, message, role
from bot.slack.project import weekly_choice
from tests.core.passing import project
from tests.every import check_every
from tests.questions.__main__ import FILES, questions_in
from tests.real_content import load
from tests.records import BEGAN, record_of
from tests.slack.screens.situations import Screen, on_surface, situations
from tests.slack.screens.small_catalog import SMALL
from tests.slack.screens.tips import schedule_on

Part = dict[str, Any]


class Budget(NamedTuple):
    """How many words and buttons a screen may have. The menu behind three dots is not a button."""

    words: int
    buttons: int


BUDGETS = {  # by the situation's name; the first that fits
    r"menu(-.*)?": Budget(40, 4),
    r"myrole-without-a-role|role-picker.*": Budget(40, 4),
    r"myrole-.*|role-.*": Budget(90, 4),
    r"nudge-how-to-go-on": Budget(150, 5),
    r"nudge-(with-a-)?check.*|nudge-(still|goes).*": Budget(150, 4),
    # A tip, and what *Did it* adds:
    r"tip-done.*|tip-with-the-question|nudge-reminder-done|did-done|did-and-told|milestone-.*": Budget(145, 4),
    r"tip-in-place-of-a-blocked-one": Budget(100, 5),  # the lab above it included
    r"tip-with-a-kit": Budget(110, 5),  # a button for what there is to copy
    r"nudge.*|tip-(?!line).*": Budget(100, 4),  # what a click adds included
    r"project-(first-step|blocked.*|step-taken-back)": Budget(120, 4),  # what a click adds included
    r"project-started.*": Budget(120, 5),  # with a way round
    r"project-again.*": Budget(150, 4),
    r"project-choice.*": Budget(165, 5),  # three projects, each with what it was like before
    r"project-(?!kit|request|show|have|on|off).*": Budget(110, 4),
    r"check-.*": Budget(70, 3),
    r"home-.*": Budget(170, 10),
    r"progress-.*": Budget(90, 6),
    r"(skills?-.*|roles|themes?)": Budget(110, 6),
    r"record(-.*)?": Budget(40, 6),  # its head: what follows is to be copied
    r"help(-.*)?": Budget(180, 4),
    r"team-project(-shown|-recap)?": Budget(90, 2),  # posted
    r"team.*": Budget(150, 6),
    r"lead-message.*": Budget(80, 2),
    r"lead-named": Budget(60, 3),
    r"privacy": Budget(195, 5),  # with the way to one's assistants
    r"my-data.*|forget-asked": Budget(180, 4),
    r"connect(-closed)?": Budget(90, 4),  # a line and a button for each token
    r"announce-introduction.*": Budget(70, 2),
    r"challenges-.*": Budget(110, 6),
    r"challenge-to-run-.*": Budget(90, 6),  # for who started it
    r"challenge-form.*|entry-line.*": Budget(100, 3),  # forms, with what stands in them
    r".*-preview.*": Budget(110, 3),  # what will be posted, and where
    r"ask-career.*": Budget(110, 2),  # with what the role was and is
    r"ask-(?!examples|question|in-a-modal).*": Budget(70, 4),
    r"challenge(-nobody.*|-one.*|-the-only.*|-details-.*|-recap)?": Budget(80, 3),
    r"audit.*": Budget(110, 3),
    r"admins.*": Budget(40, 3),
    r"first-day": Budget(60, 4),
    r"coach-me-with-a-tip": Budget(120, 3),  # the tip of the week, with the question above it, and one's own question
    r"privacy-in-full": Budget(270, 5),
    r"labs": Budget(120, 3),
    r"lab-(in|as)-.*": Budget(140, 3),  # a task; the data is not counted
    r"lab-(not-yet|solved).*": Budget(120, 3),
}
ANSWER = Budget(35, 3)  # to any other click
MODAL = Budget(60, 3)


def test_every_screen_keeps_its_budget() -> None:
    assert [over for name, screen in SITUATIONS.items() for over in too_much(name, screen)] == []


def test_every_answer_of_the_coach_is_short() -> None:
    taught = load()
    asked = {each.q: coach.look_up(taught, each.q) for path in FILES for each in questions_in(path)}
    asked |= {each.slug: SearchResult(topic=each) for each in entries_of(taught) if each.kind in TOPICS}
    answers = {
        f"ask-{'career-' if seen.topic and seen.topic.about is ReplyAbout.CAREER else ''}{q}": ask.results(taught, seen)
        for q, seen in asked.items()
        if not ask.as_typed(seen)
    }
    assert [over for name, screen in answers.items() for over in too_much(name, screen)] == []


def test_the_card_of_every_role_keeps_its_budget() -> None:
    catalog, unasked = load(), Schedule(Consent.UNASKED, DEFAULT_SLOT, None)

    def check(mine: Role) -> None:
        path = path_of(catalog, mine, mine.skills[:2], mine.skills[2:5])
        first = (lessons[0] for slug in mine.skills if (lessons := catalog.lessons_of[slug]))
        longest = max(first, key=lambda each: len(each.tip.title.split()))
        lines = role_lines(catalog, mine, record_of(mine))
        found = MyRole(catalog, path, unasked, longest, lines=lines)
        proved = replace(found, lines=tuple(line._replace(proof=Ended(project(), BEGAN)) for line in lines))
        listed = {each for level in Level for each in catalog.projects_for(mine, level)}
        places = [Place(each, each.main_steps[0], 1) for each in listed]
        in_projects = [role.own_role(replace(proved, place=place, schedule=schedule_on())) for place in places]
        for said in (role.own_role(found), role.own_role(found, is_chosen=True), role.own_role(proved), *in_projects):
            assert list(too_much("myrole-of-a-role", said)) == []

    check_every(catalog.roles, check)


def test_every_step_and_lab_keeps_its_budget() -> None:
    names = {"step": "project-first-step", "answer": "project-step-done", "lab": "lab-as-a-file"}
    screens = [each for each in screens_of(load()) if each.name.split()[0] in names and "check" not in each.name]
    assert [over for each in screens for over in too_much(names[each.name.split()[0]], each.shown)] == []
    assert list(too_much("labs", lab.labs(load(), ()))) == []


def test_every_choice_of_three_projects_keeps_its_budget() -> None:
    catalog = load()

    def check(of: Role) -> None:
        listed = dict.fromkeys(each for level in Level for each in catalog.projects_for(of, level))
        longest = sorted(listed, key=lambda each: -len(each.before.split()))[:3]
        for lacks in ((), tuple(catalog.needs)):
            choice = weekly_choice(catalog, ChoosePost(tuple(longest), lacks, otherwise=longest[0]), "2026-W48")
            assert list(too_much("project-choice", choice)) == []

    check_every([each for each in catalog.roles.values() if each.projects.new], check)


def too_much(name: str, screen: Screen) -> Iterator[str]:
    words, limit = len(list(words_of(screen))), limit_of(name)
    blocks = on_surface(screen)[0].get("blocks")
    buttons = [each for _, each in elements(blocks) if each["type"] == "button"]  # none of a modal's foot
    if words > limit.words:
        yield f"{name}: {words} words, at most {limit.words}"
    if len(buttons) > limit.buttons:
        yield f"{name}: {len(buttons)} buttons, at most {limit.buttons}"
    if isinstance(screen, message.Message) and sum(each.get("style") == "primary" for each in buttons) > 1:
        yield f"{name}: several primary buttons"


def limit_of(name: str) -> Budget:
    kept = next((budget for pattern, budget in BUDGETS.items() if re.fullmatch(pattern, name)), None)
    return kept or (ANSWER if name in MESSAGES else MODAL)


def words_of(screen: Screen) -> Iterator[str]:
    """Yield the words that a person reads on a screen. A date counts as Slack's fallback for it; `1.` is no word."""
    payload, surface = on_surface(screen)
    shown = payload.get("blocks", [{"text": payload.get("text", "")}]) if surface == "message" else payload
    for text in texts_of(shown):
        if text.startswith("```"):  # of the record
            continue
        plain = re.sub(r"(?m)^\d\. ", "", re.sub(r"<[^|>]+\|([^>]*)>", r"\1", text))
        yield from (word for word in plain.split() if re.search(r"\w", re.sub(r":[a-z_]+:", "", word)))


def texts_of(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from texts_of(each)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        if isinstance(part.get("initial_value"), str):
            yield part["initial_value"]
        for key in part.keys() - hidden_in(part):
            yield from texts_of(part[key])


def hidden_in(part: Part) -> set[str]:
    """Return what a reader does not see of a block or an element."""
    hidden = {"confirm"}
    if part.get("type") in {"static_select", "overflow"}:
        hidden |= {"options", "option_groups"}
    if part.get("type") in {"radio_buttons", "checkboxes"}:
        hidden |= {"initial_option", "initial_options"}  # which are among the options
    if part.keys() & {"initial_value", "initial_option", "initial_options"}:
        hidden.add("placeholder")
    return hidden


SITUATIONS = dict(situations(SMALL))
MESSAGES = {name: screen for name, screen in SITUATIONS.items() if isinstance(screen, message.Message)}
