"""The settings of a workspace: the form, what was saved, and who may open it."""

from bot.coach import admins
from bot.core.calendar import QuietHours, Slot
from bot.core.member import DM_BUDGETS, WorkspaceSettings
from bot.slack import form as slack_form, message
from bot.slack.blocks import button, modal, option, saying
from bot.slack.form import FieldError, Form, Saved, channel_menu, choice, day_menu, field, minute_in, one_in, time_box
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.store import workspaces

noun = Noun()

OPEN, FORM = "settings", "settings"  # the button on the team's desk, and the form that it opens
TO = "change the team's settings"
DAY, TIME, QUIET_FROM, QUIET_TO, WEEKEND, BUDGET, CHANNEL, WHO, FIGURES, ASSISTANTS = (
    "day", "time", "quiet-from", "quiet-to", "weekend", "budget", "channel", "who", "figures", "assistants",
)  # fmt: skip
ADMINS, MEMBERS = "admins", "members"
NONE = "none"
WEEKENDS = {  # by their days
    "56": "Saturday and Sunday", "45": "Friday and Saturday", "4": "Friday", "6": "Sunday", NONE: "No weekend",
}  # fmt: skip

_BUDGETS = [option(f"{number} a week" if number > 1 else "1 a week, the tip", str(number)) for number in DM_BUDGETS]
_WEEKENDS = [option(name, days) for days, name in WEEKENDS.items()]
_WHO = [option("Admins only", ADMINS), option("Every member", MEMBERS)]


def form(settings: WorkspaceSettings) -> message.Block:
    quiet = settings.quiet_hours
    weekend = "".join(map(str, sorted(quiet.weekend))) or NONE
    budget = min(max(settings.dm_budget, DM_BUDGETS[0]), DM_BUDGETS[-1])
    who = MEMBERS if settings.members_may_challenge else ADMINS
    channel = channel_menu("public", chosen=settings.challenge_channel)
    figures = slack_form.tick_box("No figures at all: delete them", NONE, ticked=not settings.figures)
    assistants = slack_form.tick_box("Keep all out", NONE, ticked=not settings.assistants)
    blocks = [
        field(DAY, "Usual day of tips", day_menu(settings.slot.weekday)),
        field(TIME, "Usual time", time_box(settings.slot.minute), hint="In each member's zone."),
        field(QUIET_FROM, "Quiet from", time_box(quiet.quiet_from)),
        field(QUIET_TO, "Quiet until", time_box(quiet.quiet_to)),
        field(WEEKEND, "Weekend", choice("static_select", _WEEKENDS, weekend), hint="Quiet all day."),
        field(BUDGET, "Messages to a member", choice("static_select", _BUDGETS, str(budget))),
        field(CHANNEL, "Channel for challenges", channel, optional=True),
        field(WHO, "Who starts challenges", choice("radio_buttons", _WHO, who)),
        field(FIGURES, "Figures", figures, optional=True),
        field(ASSISTANTS, "Members' AI assistants", assistants, optional=True),
    ]
    return modal("Settings", blocks, form=FORM, submit="Save", close="Cancel")


@noun.click(OPEN, no_value)
async def open_form(request: Request, _: None) -> Form:
    await request.check_admin(TO)
    return Form(form(await request.store.read(workspaces.settings, request.who.workspace_id)))


@noun.form(FORM, no_value)
async def save(request: Request, _: None, fields: dict[str, str]) -> Saved:
    await request.check_admin(TO)
    chosen = read(fields)
    said = "Saved." if chosen.figures else "Saved. There are no figures any more; those of before are deleted."
    told = Saved(saying(said, button("Settings", OPEN), button("Back", "team")))
    return await request.write(admins.save_settings, chosen, then=lambda _: told)


def read(fields: dict[str, str]) -> WorkspaceSettings:
    weekend = frozenset(map(int, one_in(fields, WEEKEND, WEEKENDS).replace(NONE, "")))
    channel = fields.get(CHANNEL, "")
    if channel and slack_form.PUBLIC_CHANNEL_ID.fullmatch(channel) is None:
        raise FieldError(CHANNEL, "Pick a public channel, or none.")
    chosen = WorkspaceSettings(
        slot=Slot(slack_form.weekday_in(fields, DAY), minute_in(fields, TIME)),
        quiet_hours=QuietHours(minute_in(fields, QUIET_FROM), minute_in(fields, QUIET_TO), weekend),
        dm_budget=int(one_in(fields, BUDGET, map(str, DM_BUDGETS))),
        challenge_channel=channel or None,
        members_may_challenge=one_in(fields, WHO, (ADMINS, MEMBERS)) == MEMBERS,
        figures=fields.get(FIGURES) != NONE,
        assistants=fields.get(ASSISTANTS) != NONE,
    )
    if not chosen.leaves_an_hour:
        raise FieldError(QUIET_TO, "That leaves less than an hour a day. Make the quiet hours shorter.")
    return chosen
