"""What people write to the bot, and where they mention it: a verb, answered as when it is typed, or a question."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.coach import ask as coach
from bot.coach.posts import answers
from bot.coach.posts.answers import AlreadyAnswered, ReplyTo
from bot.core.errors import NextStep, NotAdmin, NotCoached, NothingChanged, OutcomeUnknown, UserError, WasForgotten
from bot.core.member import MemberKey
from bot.slack import ask, sorry, talk
from bot.slack.blocks import actions, button, section
from bot.slack.flood import DIRECT
from bot.slack.form import Form
from bot.slack.message import Message
from bot.slack.noun import Verb
from bot.slack.payloads import Written
from bot.slack.replies import redraw_also
from bot.slack.request import DirectMessage, Event, Request, as_subject
from bot.slack.talk import Typed
from bot.store import workspaces

ABOUT_ONE = {"skill", "role"}  # with words, what these show to all is the answer to a question about them
WHO = {"menu", "help", "ask"}  # where everybody reads the answer, these ask who the coach is
# What no other answer can take the place of: Slack sends the event again, or nobody may be answered.
FINAL = (NothingChanged, OutcomeUnknown, NotCoached, WasForgotten)


async def written(event: Event, message: Written) -> None:
    """Answer a direct message, once, and one in a thread in that thread."""
    if message.channel_type != DIRECT or not message.by_a_person:
        return
    if message.user is None or message.channel is None or message.ts is None:
        return
    who = MemberKey(event.workspace_id, message.user)
    reply_to = ReplyTo(event.event_id, message.channel, message.thread_ts)
    direct = DirectMessage(reply_to)
    asked = _asked(event, who, message, direct)
    try:
        said = await _answer(asked, talk.line_of(message.text))
        if not direct.answered:
            said = await asked.write(_nothing, then=lambda _: said)
    except NotCoached:
        await _turn_away(event, reply_to)
        return
    except (AlreadyAnswered, WasForgotten):  # after *forget me* nothing may be stored
        return
    event.services.planned.set()
    event.background(redraw_also(event.services, who, said))


async def mentioned(event: Event, message: Written) -> None:
    if not message.by_a_person or message.channel is None or message.ts is None or message.user is None:
        return
    asked = _asked(event, MemberKey(event.workspace_id, message.user), message, None)
    said = await _answer_for_all(asked, talk.line_of(message.text))
    reply_to = ReplyTo(event.event_id, message.channel, message.thread_ts or message.ts)
    try:
        await event.store.write(answers.reply, event.workspace_id, reply_to, as_subject(said), event.now)
    except AlreadyAnswered:
        return
    event.services.planned.set()


async def _answer(asked: Request, line: str) -> Message:
    typed = talk.written(line, asked.nouns)
    if typed is None and talk.is_thanks(line):
        return THANKED
    typed = typed or Typed("ask", line)
    verb = asked.nouns.verbs[typed.verb]
    try:
        said = await verb.handler(asked, typed.words)
    except FINAL:
        raise
    except UserError as error:
        return _or_question(asked, line, typed, error)
    return _opens(verb, typed.words) if isinstance(said, Form) else said


def _or_question(asked: Request, line: str, typed: Typed, error: UserError) -> Message:
    """Return what answers the line as a question, as "learn how to test a prompt" only begins like a verb."""
    refusal = sorry.refused(error, NextStep("", *typed))
    if isinstance(error, NotAdmin) or " " not in typed.words:
        return refusal
    found = coach.look_up(asked.catalog, line)
    return ask.results(asked.catalog, None, found) if found.entries else refusal


async def _answer_for_all(asked: Request, line: str) -> Message:
    typed = talk.written(line, asked.nouns)
    if typed is None:
        return THANKED if talk.is_thanks(line) else _question_for_all(asked, line)
    verb = asked.nouns.verbs[typed.verb]
    if typed.words and verb.word in WHO | ABOUT_ONE:
        return _question_for_all(asked, typed.words)
    if verb.word in WHO:
        return INTRODUCED
    if not verb.for_all:
        return _opens(verb)
    try:
        said = await verb.handler(asked, typed.words)
    except UserError:
        return _question_for_all(asked, line)
    return _opens(verb) if isinstance(said, Form) else said


def _question_for_all(asked: Request, line: str) -> Message:
    """Answer a question where everybody reads it. What is about the member waits behind a button."""
    found = coach.look_up(asked.catalog, line)
    typed = ask.as_typed(found)
    return ask.without_words(asked.catalog, found) if typed is None else _opens(asked.nouns.verbs[typed.verb])


def _asked(event: Event, who: MemberKey, message: Written, direct: DirectMessage | None) -> Request:
    at = datetime.fromtimestamp(
        int((message.ts or "0").partition(".")[0]), UTC
    )  # to the second, as Slack signs requests
    return Request(event.services, event.nouns, who, event.now, channel=message.channel, asked_at=at, direct=direct)


def _nothing(_tx: Connection) -> None:
    """Store nothing but the answer."""


def _opens(verb: Verb, words: str = "") -> Message:
    """Return a button whose answer is for the person who presses it alone."""
    said = "Press *Show me*: only you see what comes."
    return Message(said, [section(said), actions(button("Show me", verb.word, words, style="primary"))])


async def _turn_away(event: Event, reply_to: ReplyTo) -> None:
    """Tell a person who may not be coached so, at most once. Nothing about them is stored, so it has no delivery."""
    if not await event.store.write(workspaces.see_event, event.workspace_id, reply_to.event_id, event.now):
        return
    await event.services.gateway.for_workspace(event.workspace_id).say(reply_to.channel, sorry.refused(NotCoached()))


INTRODUCED = Message(
    "I show how AI changes your job, and give you one small exercise a week.",
    [
        section(
            "I show how AI changes your job, and give you one small exercise a week. Ask me, or press a button: "
            "only you see what comes."
        ),
        actions(
            button("Show me my role", "myrole", style="primary"),
            button("A tip now", "tip"),
            button("Help", "help"),
        ),
    ],
)
THANKED = Message(
    "You're welcome.",
    [
        section("You're welcome."),
        actions(button("A tip now", "tip"), button("My role", "myrole"), button("Help", "help")),
    ],
)
