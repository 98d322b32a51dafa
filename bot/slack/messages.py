"""Answer what people write to the bot, and where they mention it."""

from datetime import UTC, datetime

from bot.coach import answers
from bot.coach.answers import Deed, Place
from bot.core.errors import NotCoached, WasForgotten
from bot.core.member import MemberKey
from bot.core.subjects import AnswerSubject
from bot.slack import written as reading
from bot.slack.flood import DIRECT
from bot.slack.payloads import Written
from bot.slack.request import Event, Request
from bot.slack.screens import answer
from bot.slack.written import Question
from bot.store import workspaces


async def written(event: Event, message: Written) -> None:
    """Answer a direct message, once. Ignore replies in threads, which are not written to the bot."""
    if message.channel_type != DIRECT or not message.by_a_person or message.in_a_thread:
        return
    if message.user is None or message.channel is None or message.ts is None:
        return
    who = MemberKey(event.workspace_id, message.user)
    asked = Request(event.services, who, event.now, channel=message.channel, asked_at=_moment(message.ts))
    place = Place(event.event_id, message.channel)
    try:
        meant = await reading.understand(asked, message.text)
        deed = _deed(meant.subject) if isinstance(meant, Question) else meant
        await asked.write(answers.answer, who, place, deed, event.now, then=bool)
    except NotCoached:
        await _turn_away(event, place)
    except WasForgotten:
        return  # it was written before that, and nothing may be stored
    event.services.planned.set()


async def mentioned(event: Event, message: Written) -> None:
    """Answer a mention in its thread, once, with nothing about the person who wrote it."""
    if not message.by_a_person or message.channel is None or message.ts is None:
        return
    meant = await reading.understand_mention(event.services.catalog, message.text)
    subject = meant.subject if isinstance(meant, Question) else meant
    place = Place(event.event_id, message.channel, message.thread_ts or message.ts)
    await event.store.write(answers.reply, event.workspace_id, place, subject, event.now)
    event.services.planned.set()


def _deed(subject: AnswerSubject) -> Deed:
    return lambda _tx: subject


async def _turn_away(event: Event, place: Place) -> None:
    """Tell a person who may not be coached so, at most once. Nothing about them is stored, so it has no delivery."""
    is_new = await event.store.write(workspaces.see_event, event.workspace_id, place.event_id, event.now)
    if is_new:
        await event.services.gateway.for_workspace(event.workspace_id).say(place.channel, answer.turned_away())


def _moment(ts: str) -> datetime:
    """Return when a message was written, to the second, as Slack signs requests."""
    return datetime.fromtimestamp(int(ts.partition(".")[0]), UTC)
