"""The events that the bot hears, each with the fields that its handler reads, and the handler.

What people write to the bot, and where they mention it, is a verb, answered as when it is typed, or a question.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bot.coach import ask as coach_ask, installing, membership
from bot.coach.posts import answers
from bot.core.errors import FINAL, NextStep, NotCoached, UserError, WasForgotten
from bot.core.installation import is_organisation
from bot.core.member import MemberKey
from bot.slack import ask, form, home, noun, replies, sorry
from bot.slack.blocks import actions, button, section
from bot.slack.message import Message, line_of
from bot.slack.payloads import HomeOpened, Payload, Removal, TeamAccess, UserChange, Written
from bot.slack.request import DirectMessage, Event, Request, as_subject
from bot.store import workspaces

ABOUT_ONE = {"skill", "role"}  # with words, what these show to all is the answer to a question about them
WHO = {"menu", "help", "ask"}  # where everybody reads the answer, these ask who the coach is


async def home_opened(event: Event, opened: HomeOpened) -> None:
    """Publish a Home. Nobody waits for that, so it comes after the answer to Slack."""
    if opened.sender is not None:
        shown = opened.view.private_metadata[:16] if opened.view else None
        who = MemberKey(event.workspace_id, opened.sender)
        event.background(replies.publish_opened(event.services, who, shown))


async def user_changed(event: Event, change: UserChange) -> None:
    """Store what Slack says about a met member now: their zone, and whether they may still be coached."""
    who = MemberKey(event.workspace_id, change.user.id)
    profile = change.user.profile_in(event.workspace_id)
    await event.services.store.write(membership.changed, who, profile, event.event_id, event.now)
    event.services.people.forget(who)  # the next request of this person is checked anew


async def app_removed(event: Event, removal: Removal) -> None:
    """Disconnect a workspace that removed the app or revoked its bot token, unless it has installed the app since."""
    if removal.tokens is not None and not removal.tokens.get("bot"):
        return  # only members' own tokens were revoked, which the bot never uses
    if is_organisation(event.workspace_id):
        await event.services.installations.change(installing.remove, event.workspace_id, at=event.happened_at)
        return
    store, at = event.services.store, event.happened_at
    if await store.write(membership.disconnected, event.workspace_id, event.event_id, event.now, at):
        event.services.installations.disconnect(event.workspace_id)


async def access_changed(change: Callable[..., object], event: Event, access: TeamAccess) -> None:
    """Serve the workspaces to which an organisation gave the app, or stop. The event names the organisation."""
    await event.services.installations.change(change, event.workspace_id, access.team_ids, at=event.happened_at)


async def message_written(event: Event, message: Written) -> None:
    """Answer a direct message, once, and one in a thread in that thread."""
    if message.sender is None or message.direct_channel is None or message.ts is None:
        return
    reply_to = answers.ReplyTo(event.event_id, message.direct_channel, message.thread_ts)
    direct = DirectMessage(reply_to)
    asked, line = _asked(event, message.sender, message, direct), line_of(message.text)
    typed = event.nouns.read(line)
    said: Message | form.Form | None = None
    try:
        try:
            said = await ask.answer(asked, typed, line)
        except FINAL:
            raise
        except UserError as error:
            said = sorry.refused(error, NextStep("", *typed))
        assert isinstance(said, Message)  # noqa: S101 - a form is behind a button
        if not direct.answered:
            await asked.write(lambda _: None, then=lambda _: said)  # stores nothing but the answer
    except NotCoached as error:  # told at most once; nothing about this person is stored, so no answer has a delivery
        told = sorry.for_guest(said) if isinstance(said, Message) else sorry.refused(error)
        if await event.services.store.write(workspaces.see_event, event.workspace_id, reply_to.event_id, event.now):
            await event.services.gateway.for_workspace(event.workspace_id).say(reply_to.channel, told)
        return
    except (answers.AlreadyAnswered, WasForgotten):  # after *forget me* nothing may be stored
        return
    event.services.planned.set()


async def mentioned(event: Event, message: Written) -> None:
    """Answer where everybody reads it. What is about one member waits behind a button, unless they may not press it."""
    if message.sender is None or message.channel is None or message.ts is None:
        return
    asked = _asked(event, message.sender, message, None)
    is_guest = await asked.is_guest()
    said = await _answer_for_all(asked, line_of(message.text))
    if isinstance(said, noun.Typed):
        verb = event.nouns.verbs[said.verb]
        is_about_the_coach = verb.word in WHO or (is_guest and verb.word not in sorry.FOR_GUESTS)
        introduced = INTRODUCED_TO_GUEST if is_guest else INTRODUCED
        said = introduced if is_about_the_coach else ask.opens(verb, said.words.strip())
    if is_guest:
        said = sorry.for_guest(said)
    reply_to = answers.ReplyTo(event.event_id, message.channel, message.thread_ts or message.ts)
    try:
        await event.services.store.write(answers.reply, event.workspace_id, reply_to, as_subject(said), event.now)
    except answers.AlreadyAnswered:
        return
    event.services.planned.set()


async def _answer_for_all(request: Request, line: str) -> Message | noun.Typed:
    """Return what content says, or the verb whose answer is about one member or about the coach."""
    typed = request.nouns.read(line)
    verb = request.nouns.verbs[typed.verb]
    about_one = noun.Typed(verb.word, "")
    if typed.words and verb.word in WHO | ABOUT_ONE:
        line = typed.words
    elif not verb.for_all:
        return about_one
    else:
        with suppress(UserError):
            said = await verb.handler(request, typed.words)
            return about_one if isinstance(said, form.Form) else said
    found = await request.hear(coach_ask.look_up, line)
    ask.count_heard(found)
    return ask.as_typed(found) or ask.results(request.catalog, found)


def _asked(event: Event, member_id: str, message: Written, direct: DirectMessage | None) -> Request:
    seconds = int((message.ts or "0").partition(".")[0])  # whole ones, as Slack signs requests
    at, who = datetime.fromtimestamp(seconds, UTC), MemberKey(event.workspace_id, member_id)
    return Request(event.services, event.nouns, who, event.now, channel=message.channel, asked_at=at, direct=direct)


_WHAT_I_DO = "I show how AI changes your job, and give you one small exercise a week."
_ASK_ME = "Ask me, or press a button: only you see what comes."
_SHOWN = "I show how AI changes your job."
_SHOW_MY_ROLE = button("Show me my role", "myrole", style="primary")
_START = actions(_SHOW_MY_ROLE, button("A tip now", "tip"), button("Help", "help"))
INTRODUCED = Message(_WHAT_I_DO, [section(f"{_WHAT_I_DO} {_ASK_ME}"), _START])
INTRODUCED_TO_GUEST = Message(_SHOWN, [section(f"{_SHOWN} {_ASK_ME}"), home.FOR_GUESTS])


EVENTS: Mapping[str, tuple[type[Payload], Callable[[Event, Any], Awaitable[None]]]] = {  # how to read and handle each
    "app_home_opened": (HomeOpened, home_opened),
    "app_mention": (Written, mentioned),
    "app_uninstalled": (Removal, app_removed),
    "message": (Written, message_written),
    "team_access_granted": (TeamAccess, partial(access_changed, installing.grant)),
    "team_access_revoked": (TeamAccess, partial(access_changed, installing.withdraw)),
    "tokens_revoked": (Removal, app_removed),
    "user_change": (UserChange, user_changed),
}
REMOVALS = {"app_uninstalled", "tokens_revoked"}
OF_ORGANISATIONS = {"team_access_granted", "team_access_revoked"}
