"""No screen has more words and buttons than its budget, counted as a person reads it: its text and its buttons.

A message for notifications, the choices behind a menu and the text of a confirmation are not on the screen.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from bot.coach import ask as coach
from bot.slack import ask
from bot.slack.blocks import context
from bot.slack.message import Message
from tests.questions.__main__ import FILES, questions_in
from tests.real_content import load
from tests.slack.screens.situations import Screen, on_surface, situations
from tests.slack.screens.small_catalog import SMALL

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
    r"nudge-(with-a-)?check.*|nudge-(still|goes).*|nudge-with-the-pulse": Budget(150, 4),
    r"tip-done.*|tip-with-the-question|nudge-reminder-done": Budget(145, 4),  # a tip, and what *Did it* adds
    r"nudge.*|tip-(?!blocked|one-done|line|no-time|not-my-work|taken).*": Budget(100, 4),
    r"check-asked.*": Budget(70, 3),
    r"home-.*": Budget(170, 10),
    r"progress-.*": Budget(90, 6),
    r"(skills-.*|roles|themes)": Budget(110, 6),
    r"help(-.*)?": Budget(180, 4),
    r"team.*": Budget(150, 6),
    r"lead-message.*": Budget(110, 3),
    r"privacy": Budget(180, 4),
    r"announce-introduction.*": Budget(70, 2),
    r"challenges-suggested": Budget(35, 4),  # two suggestions
    r".*-preview.*": Budget(110, 3),  # what will be posted, and where
    r"ask-(?!examples|question|in-a-modal).*": Budget(70, 4),
    r"challenge(-nobody.*|-one.*|-the-only.*|-without-a-goal|-last-call)?": Budget(80, 3),
}
ANSWER = Budget(35, 3)  # to any other click
MODAL = Budget(60, 3)

# Limits of screens that don't keep their budget yet, as `name=words/buttons`: to come. No number here may rise.
# Forms have no budget of their own, and only may not grow.
TO_COME = """
    role-nothing-learned=90/5 role-with-four-lists=90/5 skills-of-a-path=110/7 skill-open=85/3
    skill-with-a-template=79/3 skill-with-sources=80/3 skill-learned=83/3 skill-practised=79/3 skill-kept=90/3
    learned=35/4 learned-already=44/4 learned-the-last-one=49/5 learned-the-last-one-with-another-path=48/6
    unlearned=40/3 progress-path-finished=114/6 progress-with-stages=98/6 tip-one-done-without-an-example=40/3
    tip-taken-back=62/4 tip-not-my-work=59/3 plan-after-a-cancelled-one=37/4 tip-blocked-why=66/4
    tip-blocked-why-with-needs=80/5 tip-blocked-which-need=74/4 tip-blocked-lacks=73/3 tip-blocked-no-time=66/3
    tip-blocked-unclear=94/3 tip-blocked-other=69/3 tip-blocked-other-asked-for=69/3
    tip-blocked-unclear-with-a-template=83/4 tip-in-place-of-a-blocked-one=100/5 tips-on=39/4
    tips-on-in-an-unknown-zone=45/4 tips-paused=35/4 tips-seldom-and-short=46/4 tips-started=35/4
    tips-started-in-a-pause=35/4
    tips-zone-set=35/4 pause-begun=35/4 pause-begun-one-on-the-way=35/4 pause-ended=35/4 check-wrong=69/3
    check-right=49/3 check-right-of-a-learned-skill=46/3 check-changed=60/3 settings=77/3 settings-of-ones-own=79/3
    admins-none-for-admins=44/3 admins-for-admins=52/3 admins-after-a-change-by-the-forgotten=62/3
    challenge-recap=72/3 challenge-details-not-in=63/3 challenge-details-joined=63/3 challenge-details-done=65/3
    challenge-details-done-with-a-line=65/3 challenge-details-done-without-a-question=49/3
    challenge-details-over=61/3 challenges=68/4 challenges-of-who-runs-them=89/12 challenges-refused=50/7
    challenges-in-doubt=51/9 challenges-more-than-fit=200/30 challenges-second-page=204/31
    challenges-last-page=119/18 challenges-to-close=35/4 challenges-to-close-second-page=56/10
    challenge-not-posted-channel-not-found=36/3 challenge-form=68/3 challenge-form-with-more-options=138/3
    challenge-form-of-a-draft=157/3 challenge-form-of-a-late-draft=157/3 entry-done=35/4 entry-line=66/3
    entry-line-written=93/3 record=165/3 record-in-parts=329/3 record-in-parts-the-second=308/3
    record-in-parts-the-last=268/3 progress-with-practice=94/6 did-which-of-these=35/4 did-which-of-several=35/5
    did-unknown=35/4 did-done=49/3 milestone-first-tip=55/3 milestone-half-a-path=45/4
    learned-the-last-one-in-a-channel=54/6 written-public=45/3 coach-me-with-a-tip=129/3 coach-this-found=68/3
    my-data=70/3 my-data-little=68/3 audit=157/3 audit-older=128/3 audit-oldest=126/3 privacy-in-full=345/4
    forget-asked=63/3 theme=42/3
"""


def test_every_screen_keeps_its_budget() -> None:
    assert [over for name, screen in SITUATIONS.items() for over in too_much(name, screen)] == []


def test_every_limit_to_come_belongs_to_a_screen() -> None:
    assert LIMITS.keys() - SITUATIONS.keys() == set()


def test_one_word_more_on_a_full_screen_is_too_much() -> None:
    full = {name: screen for name, screen in MESSAGES.items() if len(list(words_of(screen))) == limit_of(name).words}
    assert full
    longer = {name: replace(screen, blocks=[*screen.blocks, context("word")]) for name, screen in full.items()}
    assert [name for name, screen in longer.items() if not list(too_much(name, screen))] == []


def test_every_answer_of_the_coach_is_short() -> None:
    taught = load()
    asked = {each.q: coach.look_up(taught, each.q) for path in FILES for each in questions_in(path)}
    answers = {f"ask-{q}": ask.results(taught, q, found) for q, found in asked.items() if not ask.as_typed(found)}
    assert [over for name, screen in answers.items() for over in too_much(name, screen)] == []


def too_much(name: str, screen: Screen) -> Iterator[str]:
    words, limit = len(list(words_of(screen))), limit_of(name)
    buttons = list(buttons_of(on_surface(screen)[0]))
    if words > limit.words:
        yield f"{name}: {words} words, at most {limit.words}"
    if len(buttons) > limit.buttons:
        yield f"{name}: {len(buttons)} buttons, at most {limit.buttons}"
    if isinstance(screen, Message) and sum(each.get("style") == "primary" for each in buttons) > 1:
        yield f"{name}: several primary buttons"


def limit_of(name: str) -> Budget:
    """Return what a screen may have: today's count, where its budget is to come."""
    kept = next((budget for pattern, budget in BUDGETS.items() if re.fullmatch(pattern, name)), None)
    return LIMITS.get(name) or kept or (ANSWER if name in MESSAGES else MODAL)


def words_of(screen: Screen) -> Iterator[str]:
    """Yield the words that a person reads on a screen. A date counts as Slack's fallback for it."""
    payload, surface = on_surface(screen)
    shown = payload.get("blocks", [{"text": payload.get("text", "")}]) if surface == "message" else payload
    for text in texts_of(shown):
        plain = re.sub(r"<[^|>]+\|([^>]*)>", r"\1", text)
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


def buttons_of(part: object) -> Iterator[Part]:
    """Yield each button on a screen, those of a modal's foot excepted."""
    if isinstance(part, dict) and part.get("type") == "button":
        yield part
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from buttons_of(inner)


SITUATIONS = dict(situations(SMALL))
MESSAGES = {name: screen for name, screen in SITUATIONS.items() if isinstance(screen, Message)}
LIMITS = {
    name: Budget(*map(int, counts.split("/"))) for name, counts in (limit.split("=") for limit in TO_COME.split())
}
