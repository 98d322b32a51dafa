"""The form of a challenge, new or not posted yet: what was written is kept as a draft, and previewed."""

import re
from datetime import date, datetime, timedelta

from bot.coach import challenges
from bot.core.calendar import HOUR, at_local, zone_of
from bot.core.challenges import LIST, MAX_DAYS_AHEAD, MAX_LENGTH, Challenge, ChallengeState
from bot.core.errors import UserError
from bot.core.times import read_minute
from bot.slack.form import CHANNEL_ID, FieldError, Form, Pushed
from bot.slack.message import Block, escape
from bot.slack.request import Request
from bot.slack.rights import check_may_run, check_may_start
from bot.slack.screens.challenge import form

NINE = 9 * HOUR
LASTS_LEAST = timedelta(minutes=30)


async def answer(request: Request, words: str) -> Form:
    """*Change it*, and *Look and post*: the form with all that was written."""
    await check_may_run(request, words)
    draft = await request.find(challenges.find, request.who, words)
    if draft.state is not ChallengeState.DRAFT:
        raise UserError("That challenge is already posted.", LIST)
    if draft.started_by != request.who.member_id:
        raise UserError("Only the person who wrote it can change it.", LIST)
    blank = await request.find(challenges.blank, request.who)
    return Form(form.from_draft(draft, request.catalog, blank, request.now))


async def submit(request: Request, words: str, fields: dict[str, str]) -> Pushed:
    await check_may_start(request)
    blank = await request.find(challenges.blank, request.who)
    draft = _read(request, words, fields, blank.zone)

    def pushed(kept: Challenge) -> Pushed:
        return Pushed(form.preview(kept, request.now))

    return await request.write(challenges.keep, request.who, draft, then=pushed)


async def show_more(request: Request, words: str, fields: dict[str, str]) -> Block:
    """*More options*: the form with all its fields, and with what was typed so far."""
    challenge_id, _, slug = words.partition(" ")
    blank = await request.find(challenges.blank, request.who)
    draft = form.Draft(challenge_id, request.catalog.challenges.get(slug), fields.get(form.CHANNEL))
    return form.with_more(draft, request.catalog, blank, fields, request.now)


def _read(request: Request, words: str, fields: dict[str, str], zone: str | None) -> Challenge:
    challenge_id, _, template = words.partition(" ")
    if re.fullmatch(r"[0-9a-f]{16}", challenge_id) is None:
        raise UserError("That form is out of date. Close it and try `/roleshift challenge new`.")
    fields = form.not_shown(request.catalog.challenges.get(template)) | fields
    starts_at, ends_at = _read_times(fields, zone, request.now)
    options = fields.get(form.OPTIONS, "").split()
    channel, is_private = _channel(fields)
    return Challenge(
        workspace_id=request.who.workspace_id,
        challenge_id=challenge_id,
        started_by=request.who.member_id,
        title=_words(fields, form.TITLE, form.TITLE_MOST),
        task=_words(fields, form.TASK, form.TASK_MOST),
        done_when=_words(fields, form.DONE_WHEN, form.LINE_MOST),
        question=_words(fields, form.QUESTION, form.LINE_MOST, optional=True) or None,
        channel=channel,
        starts_at=starts_at,
        ends_at=ends_at,
        template=template if template in request.catalog.challenges else None,
        minutes=_number(fields, form.MINUTES, form.MINUTES_MOST),
        skill=fields[form.SKILL] if fields.get(form.SKILL) in request.catalog.skills else None,
        goal=_number(fields, form.GOAL, form.GOAL_MOST),
        shows_entries=form.SHOWS in options,
        calls_last=form.CALLS in options,
        private=is_private,
    )


def _channel(fields: dict[str, str]) -> tuple[str, bool]:
    """Return the channel and whether it is private.

    Without a scope to read channels, only the field says which it is: each field offers one kind. A "G" is private too.
    """
    private = fields.get(form.PRIVATE_CHANNEL, "")
    chosen = private or fields.get(form.CHANNEL, "")
    if CHANNEL_ID.fullmatch(chosen) is None:  # no direct message, whatever a form says
        raise FieldError(form.PRIVATE_CHANNEL if private else form.CHANNEL, "Choose a channel.")
    return chosen, bool(private) or chosen.startswith("G")


def _words(fields: dict[str, str], name: str, most: int, *, optional: bool = False) -> str:
    words = fields.get(name, "").strip()
    if not words and not optional:
        raise FieldError(name, "A few words are needed here.")
    if len(escape(words)) > most:  # as Slack counts
        raise FieldError(name, f"{most} letters at most; &, < and > count for several.")
    return words


def _number(fields: dict[str, str], name: str, most: int) -> int | None:
    words = fields.get(name, "").strip()
    if not words:
        return None
    if not words.isascii() or not words.isdigit() or not 1 <= int(words[:9]) <= most:
        raise FieldError(name, f"A whole number from 1 to {most:,}, or nothing.")
    return int(words)


def _read_times(fields: dict[str, str], zone: str | None, now: datetime) -> tuple[datetime | None, datetime]:
    ends_at = _moment(fields, form.END_DATE, form.END_TIME, zone, now)
    if ends_at is None:
        raise FieldError(form.END_DATE, "Choose the last day.")
    starts_at = _start(fields, zone, now)
    begins = now if starts_at is None else starts_at
    if starts_at is not None and starts_at > now + MAX_DAYS_AHEAD:
        raise FieldError(form.START_DATE, f"At most {MAX_DAYS_AHEAD.days} days from now.")
    if ends_at < begins + LASTS_LEAST:
        raise FieldError(form.END_DATE, "It must end later than it starts, by half an hour at least.")
    if ends_at > begins + MAX_LENGTH:
        raise FieldError(form.END_DATE, f"A challenge lasts {MAX_LENGTH.days} days at most.")
    return starts_at, ends_at


def _start(fields: dict[str, str], zone: str | None, now: datetime) -> datetime | None:
    """None for at once, as today without an hour is meant."""
    day, time = fields.get(form.START_DATE, ""), fields.get(form.START_TIME, "")
    if time and not day:
        raise FieldError(form.START_DATE, "Choose the day too, or leave both empty.")
    if not time and day == f"{now.astimezone(zone_of(zone)):%Y-%m-%d}":
        return None
    return _moment(fields, form.START_DATE, form.START_TIME, zone, now)


def _moment(
    fields: dict[str, str], day_field: str, time_field: str, zone: str | None, now: datetime
) -> datetime | None:
    day, time = fields.get(day_field, ""), fields.get(time_field, "")
    if not day:
        return None
    try:
        at = at_local(date.fromisoformat(day), read_minute(time) if time else NINE, zone)
    except (ValueError, OverflowError):
        raise FieldError(day_field, "There is no such day.") from None
    except UserError:
        raise FieldError(time_field, "I need a time like 09:30 (24 h).") from None
    if at < now:
        raise FieldError(day_field, "That is over already.")
    return at
