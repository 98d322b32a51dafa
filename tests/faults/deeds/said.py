"""Deeds of people in Slack: every command, button, form and shortcut."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

from sqlalchemy import Connection

from bot.core.challenges import Sharing
from bot.core.nudges import Reason
from bot.core.outbox import Kind
from bot.core.practice import Blocker
from bot.slack.challenge import entry, fields, form, quotes, template
from bot.slack.form import Form
from bot.slack.nouns import NOUNS
from bot.slack.payloads import Marked, Shortcut
from bot.slack.request import Request
from bot.slack.screens import ask
from bot.slack.team import announce, settings
from bot.slack.tip import check as tip_check
from bot.slack.tip import check_now as check
from bot.slack.tip import did, tips, when
from bot.slack.tip.ref import CheckRef, Origin, TipRef
from tests.faults.deeds.challenges import (
    again,
    anybody,
    for_organiser,
    in_it,
    line,
    picked,
    started,
    to_post,
    with_lines,
)
from tests.faults.deeds.deed import Asked, Said
from tests.faults.deeds.learning import showing_of, what_one_has
from tests.faults.deeds.tips import answer_to, given_tip, own_nudge
from tests.faults.neighbours import Turn

What = Callable[[Connection, Turn], Asked]


def _typed(*choices: Callable[[Turn], str] | str) -> What:
    """Return a function that draws a member and one of these lines."""

    def asked(_tx: Connection, on: Turn) -> Asked:
        words = on.one_of(choices)
        return Asked(on.who(), words if isinstance(words, str) else words(on))

    return asked


def _on(given: Callable[[Connection, Turn], tuple[object, ...]]) -> What:
    """Return a function that draws who presses a button, and its value: the first two arguments of a verb."""

    def asked(tx: Connection, on: Turn) -> Asked:
        who, value, *_ = given(tx, on)
        return Asked(who, str(value))  # type: ignore[arg-type]  # a member, in every table of what is given

    return asked


def _tip(tx: Connection, on: Turn) -> Asked:
    who, tip, _ = given_tip(tx, on)
    return Asked(who, TipRef(tip, Reason.ASKED, Origin.NOW).value)


def _weekly_tip(tx: Connection, on: Turn) -> Asked:
    who, key, _ = own_nudge(tx, on)
    return Asked(who, TipRef(next(iter(on.catalog.lessons)), Reason.NEXT_ON_PATH, Origin.WEEKLY, key[-8:]).value)


def _answer(tx: Connection, on: Turn) -> Asked:
    who, given = answer_to(tx, on)
    asking = given.asking if len(given.asking) == 16 else "0" * 16
    return Asked(who, check.AnswerRef(CheckRef(given.check, given.version), asking, "", given.chosen).value)


def _answer_in_tip(tx: Connection, on: Turn) -> Asked:
    who, given = answer_to(tx, on)
    of = CheckRef(given.check, given.version, 4)
    week = given.asking[-8:] if given.asking.startswith(f"{Kind.NUDGE}:") and on.likely() else "2026-W48"
    tip = TipRef(next(iter(on.catalog.lessons)), Reason.NEXT_ON_PATH, Origin.WEEKLY, week, of)
    return Asked(who, tip_check.AnswerRef(tip, given.chosen).value)


def _tip_line(tx: Connection, on: Turn) -> Asked:
    who, value, _ = _tip(tx, on)
    return Asked(who, value, {did.TEXT: on.words("found")})


def _plan(tx: Connection, on: Turn) -> Asked:
    who, value, _ = _tip(tx, on)
    day = f"{on.now + timedelta(days=on.draw.randint(1, 20)):%Y-%m-%d}"
    return Asked(who, value, {when.DAY: day, when.TIME: "10:15", when.CUE: on.words("cue")})


def _skill(on: Turn) -> str:
    return on.skill().slug


def _role(on: Turn) -> str:
    return on.role().slug


def _zone(on: Turn) -> str:
    return f"zone {on.zone()}"


def _admin(on: Turn) -> str:
    return f"{on.one_of(('add', 'remove'))} <@{on.who().member_id}|{on.words('name')}>"


def _choose_time(_tx: Connection, on: Turn) -> Asked:
    return Asked(on.who(), "", {tips.DAY: str(on.draw.randrange(7)), tips.TIME: "10:15", tips.ZONE: on.zone()})


def _write_line(tx: Connection, on: Turn) -> Asked:
    who, challenge_id, words, sharing, _ = line(tx, on)
    return Asked(who, challenge_id, {entry.WORDS: words, entry.SHARING: Sharing(sharing).value})


def _pick_lines(tx: Connection, on: Turn) -> Asked:
    who, challenge_id, ids, _ = picked(tx, on)
    return Asked(who, challenge_id, {quotes.CHOSEN: " ".join(ids)})


def _settle(_tx: Connection, on: Turn) -> Asked:
    fields = {settings.DAY: "3", settings.TIME: "11:00", settings.QUIET_FROM: "21:00", settings.QUIET_TO: "07:30"}
    who = on.one_of((settings.ADMINS, settings.MEMBERS))
    more = {settings.BUDGET: str(on.draw.randint(1, 5)), settings.CHANNEL: on.channel(), settings.WHO: who}
    return Asked(on.who(), "", fields | more)


def _announce(_tx: Connection, on: Turn) -> Asked:
    return Asked(on.who(), f"{on.draw.getrandbits(64):016x}", {announce.CHANNEL: f"{on.channel()}00"})


def _announce_again(tx: Connection, on: Turn) -> Asked:
    who, form_id, _ = _announce(tx, on)
    return Asked(who, f"{form_id} {on.channel()}00", {})


def _why_blocked(tx: Connection, on: Turn) -> Asked:
    who, value, _ = _tip(tx, on)
    return Asked(who, f"{value} {on.one_of(tuple(Blocker))}")


def _say_what_one_has(_tx: Connection, on: Turn) -> Asked:
    has = what_one_has(on)
    return Asked(on.who(), " ".join(has), {"needs0": " ".join(need for need, each in has.items() if each)})


def _ask(_tx: Connection, on: Turn) -> Asked:
    return Asked(on.who(), "", {ask.QUESTION: on.one_of(("track token spend", on.words("qwertz")))})


def _post(tx: Connection, on: Turn) -> Asked:
    who, challenge_id, _ = to_post(tx, on)
    return Asked(who, challenge_id, {})


def _choose_template(_tx: Connection, on: Turn) -> Asked:
    return Asked(on.starter(), "", {template.TEMPLATE: on.one_of((*on.catalog.challenges, form.FREE))})


def _write_challenge(_tx: Connection, on: Turn) -> Asked:
    written = {
        fields.TITLE: on.words("Title"),
        fields.TASK: on.words("Task"),
        fields.DONE_WHEN: on.words("you can say"),
        fields.QUESTION: on.words("Which"),
        fields.CHANNEL: on.channel(),
        fields.END_DATE: f"{on.now + timedelta(days=on.draw.randint(2, 16)):%Y-%m-%d}",
        fields.OPTIONS: f"{fields.SHOWS} {fields.CALLS}",
    }
    return Asked(on.starter(), f"{on.new_id()} {form.FREE}", written)


TYPED: dict[str, What] = {
    "menu": _typed(""),
    "myrole": _typed("", _role),
    "ask": _typed("", "track token spend", "will it rain", lambda on: on.words("qwertz")),
    "learn": _typed(_skill),
    "progress": _typed(""),
    "tip": _typed("", _skill),
    "plan": _typed(""),
    "check": _typed("", _skill),
    "did": _typed("", "price", lambda on: on.one_of(tuple(on.catalog.lessons))),
    "record": _typed("", "month", "2026", "all 2"),
    "show": _typed("", _skill),
    "tips": _typed("", "on", "off", "tue 09:30", _zone),
    "pause": _typed("2 days"),
    "situation": _typed(""),
    "resume": _typed(""),
    "challenge": _typed("", "new", "close", "cancel"),
    "skills": _typed("", _role),
    "skill": _typed(_skill),
    "unlearn": _typed(_skill),
    "roles": _typed(""),
    "role": _typed(_role),
    "themes": _typed(""),
    "theme": _typed(lambda on: on.one_of(tuple(on.catalog.themes))),
    "team": _typed("", "export"),
    "announce": _typed(""),
    "admins": _typed("", _admin),
    "audit": _typed(""),
    "content": _typed(""),
    "allowed": _typed("", "chatbot"),
    "privacy": _typed("", "data"),
    "forget": _typed("me"),
    "help": _typed(""),
}
PRESSED: dict[str, What] = {
    "another": _weekly_tip,
    "answer-check": _answer_in_tip,
    "answer-question": _answer,
    "blocked-tip": _tip,
    "cancel-challenge": _on(started),
    "change-role": _typed(""),
    "choose-time": _typed(""),
    "close-challenge": _on(started),
    "details": _on(anybody),
    "did": _on(anybody),
    "did-tip": _tip,
    "edit-challenge": _on(to_post),
    "forget-now": _typed(""),
    "found-challenge": _typed(lambda on: on.one_of(tuple(on.catalog.challenges))),
    "found-tip": _typed(lambda on: on.one_of(tuple(on.catalog.lessons))),
    "have": _typed("all", "none"),
    "join": _on(anybody),
    "learn-tip": _tip,
    "leave": _on(in_it),
    "line": _on(in_it),
    "line-tip": _tip,
    "not-my-work": _tip,
    "not-answered": _typed(lambda on: on.words("qwertz")),
    "organiser-lines": _on(for_organiser),
    "pick-lines": _on(with_lines),
    "post-again": _on(again),
    "seen-it": _on(showing_of),
    "settings": _typed(""),
    "start-challenge": _typed(lambda on: on.one_of(tuple(on.catalog.needs))),
    "share-path": _typed(_role),
    "show-tip": _tip,
    "skill-template": _typed(_skill),
    "try-again": _typed(""),
    "undo": _on(in_it),
    "why-blocked": _why_blocked,
    "undo-tip": _tip,
    "unplan-tip": _tip,
    "when-tip": _tip,
}
SENT: dict[str, What] = {
    "announce": _announce,
    "announce-again": _announce_again,
    "ask": _ask,
    "choose-template": _choose_template,
    "choose-time": _choose_time,
    "coach-me": _ask,
    "line": _write_line,
    "line-tip": _tip_line,
    "pick-lines": _pick_lines,
    "post-challenge": _post,
    "settings": _settle,
    "when-tip": _plan,
    "situation": _say_what_one_has,
    "write-challenge": _write_challenge,
}
CHOSEN: dict[str, What] = {
    "coach-me": _typed(""),
    "coach-this": _typed(lambda on: on.words("our prompt has no test")),
}
OFTEN, SELDOM = 0.4, 0.1  # against one verb; the latter what deletes or ends things


def unlisted() -> Iterator[str]:
    """Yield commands, buttons, forms and shortcuts that are not in these tables."""
    for kind, known, table in (
        ("command", TYPED, [each.word for each in NOUNS.in_order]),
        ("button", PRESSED, NOUNS.clicks),
        ("form", SENT, NOUNS.forms),
        ("shortcut", CHOSEN, NOUNS.shortcuts),
    ):
        yield from (f"the {kind} {name}" for name in table if name not in known)


def _all() -> Iterator[Said]:
    commands = {each.word: each.answer for each in NOUNS.in_order}
    yield from (Said(f"/roleshift {name}", commands[name], asked, OFTEN) for name, asked in TYPED.items())
    for name, asked in PRESSED.items():
        ends = name in {"forget-now", "cancel-challenge", "close-challenge"}
        yield Said(f"[{name}]", NOUNS.clicks[name].answer, asked, SELDOM if ends else OFTEN)
    yield from (Said(f"form {name}", NOUNS.forms[name].answer, asked, OFTEN) for name, asked in SENT.items())
    yield from (Said(f"shortcut {name}", _shortcut(name), asked, OFTEN) for name, asked in CHOSEN.items())


def _shortcut(name: str) -> Callable[[Request, str], Awaitable[Form]]:
    """Return a function that answers a shortcut on a message with these words."""
    handler = NOUNS.shortcuts[name].handler
    type_ = "shortcut" if NOUNS.shortcuts[name].type == "global" else "message_action"

    def answer(request: Request, words: str) -> Awaitable[Form]:
        user = {"id": request.who.member_id, "team_id": request.who.workspace_id}
        chosen = {"type": type_, "callback_id": name, "user": user, "message": Marked(text=words)}
        return handler(request, Shortcut.model_validate(chosen))

    return answer


SAID = tuple(_all())
