"""*Settings*: a form for what holds for the whole team; the right to it is looked at again when it is saved."""

from collections.abc import Iterable

from bot.coach import settings
from bot.core.calendar import QuietHours, Slot
from bot.core.errors import UserError
from bot.core.member import DM_BUDGETS, WorkspaceSettings
from bot.core.times import DAYS, read_minute
from bot.slack.form import CHANNEL_ID, FieldError, Form
from bot.slack.message import Block
from bot.slack.request import Request
from bot.slack.screens import settings as form

TO = "change the team's settings"


async def answer(request: Request, _words: str) -> Form:
    await request.check_admin(TO)
    return Form(form.form(await request.find(settings.settled, request.who.workspace_id)))


async def submit(request: Request, _words: str, fields: dict[str, str]) -> Block:
    await request.check_admin(TO)
    return await request.write(settings.settle, request.who, read(fields), request.now, then=form.saved)


def read(fields: dict[str, str]) -> WorkspaceSettings:
    """Return the settings that were filled in. Raise FieldError."""
    chosen = WorkspaceSettings(
        slot=Slot(
            int(_one_of(fields, form.DAY, map(str, range(len(DAYS))), "Pick a day.")), _minute(fields, form.TIME)
        ),
        quiet_hours=QuietHours(_minute(fields, form.QUIET_FROM), _minute(fields, form.QUIET_TO)),
        dm_budget=int(_one_of(fields, form.BUDGET, map(str, DM_BUDGETS), "Pick one to five a week.")),
        challenge_channel=_channel(fields),
        members_may_challenge=_one_of(fields, form.WHO, (form.ADMINS, form.MEMBERS), "Pick one.") == form.MEMBERS,
    )
    if not chosen.leaves_an_hour:
        raise FieldError(form.QUIET_TO, "That leaves less than an hour a day. Make the quiet hours shorter.")
    return chosen


def _one_of(fields: dict[str, str], name: str, choices: Iterable[str], else_: str) -> str:
    chosen = fields.get(name, "")
    if chosen not in set(choices):
        raise FieldError(name, else_)
    return chosen


def _minute(fields: dict[str, str], name: str) -> int:
    try:
        return read_minute(fields.get(name, ""))
    except UserError:
        raise FieldError(name, "I need a time like 09:30 (24 h).") from None


def _channel(fields: dict[str, str]) -> str | None:
    chosen = fields.get(form.CHANNEL, "")
    if chosen and (chosen.startswith("G") or CHANNEL_ID.fullmatch(chosen) is None):
        raise FieldError(form.CHANNEL, "Pick a public channel, or none.")
    return chosen or None
