"""The Home tab, and the verb without words: a member's week with its next step, or the question for a role; the help.

The shortcut *Coach me* shows a question to the coach, the tip of this week and how far the member is, in one modal. A
click in it is answered by the modal itself where the outcome is on it, as in Home.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.coach import home
from bot.coach.desk import RECENT
from bot.core.content_types import Role
from bot.core.errors import NotCoached
from bot.slack import ask, form, payloads
from bot.slack.blocks import actions, button, context, counted, divider, header, overflow, section, worded
from bot.slack.challenge import card, entry
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, Verb, no_value
from bot.slack.request import Request
from bot.slack.role import START, in_short, myrole, proved, start_buttons, takes, title, what_is_next, which_role
from bot.slack.team.admins import first_day
from bot.slack.team.desk import about, day_of, suggested
from bot.slack.tip import tips
from bot.slack.tip.card import card_of, reminder_time
from bot.slack.tip.ref import CheckRef, Origin, TipRef
from bot.store.teams import led_by


def home_blocks(found: home.Home, offer: Role | None = None) -> Iterator[Block]:
    """Yield what a Home shows. `offer` is the role that fits the title of a member without one."""
    path = found.path
    if path is None and found.is_new:
        yield from (_WELCOME, _WHAT_IT_IS, *which_role(found.catalog, offer), divider())
        if of_admins := [*_for_admins_and_leads(found)]:
            yield from (*of_admins, divider())  # else its buttons and the last ones look like one group
        yield _ABOUT
        return
    if path is not None and found.is_new and found.lesson is not None:
        yield in_short(path.role, found.lines, found.zone)
        yield what_is_next(found.lesson, found.place, found.schedule.rhythm)
        yield start_buttons(path.role, found.lesson, found.schedule.consent)
    else:
        yield from hero(found)
        yield divider()
        standing = "\n".join([f"*{title(path.role)}*", *_proved(found)]) if path else _NO_ROLE
        yield section(standing, button("My role", "myrole"))
        if path is not None and not path.ahead:
            yield section(_ALL_LEARNED, button("Compare roles", "roles"))
    yield from tips.line(found.schedule)
    if found.planned:
        first, *others = found.planned
        more = f" · {len(others)} more" if others else ""
        when = reminder_time(first.plan, found.zone)
        yield worded(f"*Planned:* {escape(first.title)}, {when}{more}", button("Change", "plan"))
    is_asked = found.tip is not None and found.tip.check is not None  # with the tip
    if found.due_check is not None and not is_asked:
        said = f"*A question is due* on {escape(found.due_check.skill.name)}."
        yield section(said, button("Answer it", "check"))
    if found.challenges:
        challenge, mine = found.challenges[0].challenge, found.challenges[0].entry
        until = f"until {card.end_of(challenge)}. {card.my_part(mine)}".rstrip()
        yield worded(f"*Team challenge: {escape(challenge.title)}* in <#{challenge.channel}>, {until}")
        join = {key: value for key, value in entry.buttons(challenge, mine)[0].items() if key != "style"}
        left = len(found.challenges) - 1  # the tip has the primary button
        details = button("Details", card.DETAILS, challenge.challenge_id)
        yield actions(join, button(f"{left} more", "challenge") if left else details)
    yield from _for_admins_and_leads(found)
    yield divider()
    yield _MORE


def hero(found: home.Home) -> Iterator[Block]:
    """Yield the tip of this week with its buttons, or the one to start with. Above a done one is its project."""
    if found.tip is not None:
        if found.place is not None and found.tip.seen.is_done and found.done:
            place = found.place
            where = f"step {place.number} of {place.of} · {found.done} done"
            yield section(f"*{escape(place.project.name)}* · {where}")
        yield from week_card(found, found.tip)
    elif found.lesson is not None:
        yield what_is_next(found.lesson, found.place, found.schedule.rhythm)
        yield actions(button("Start", START, found.lesson.tip.id, style="primary"))


def _proved(found: home.Home) -> list[str]:
    return [proved(found.lines)] if any(line.proof for line in found.lines) else []


def week_card(found: home.Home, tip: home.WeekTip) -> Iterable[Block]:
    lesson = tip.seen.lesson
    check = CheckRef(tip.check.check.id, tip.check.check.version, tip.weeks) if tip.check else None
    ref = TipRef(lesson.tip.id, tip.reason, Origin.WEEKLY if tip.week else Origin.NOW, tip.week, check, still=tip.still)
    return card_of(found.catalog, ref, tip.seen).in_short()


def _for_admins_and_leads(found: home.Home) -> Iterator[Block]:
    """Yield what admins do on the first day, later the desk in a line; for a lead who is no admin, their team."""
    desk, waits = found.desk, suggested(found.desk) if found.desk else ""
    if found.first_day is not None:
        yield from first_day(found.first_day)
    if desk is not None and (found.first_day is None or waits):
        did = "no figures lately." if desk.last else "no figures yet."
        if desk.last is not None and desk.last.ended_at >= found.now - RECENT:
            did = f"{about(desk.last.did)} did a tip in the week before {day_of(desk.last.ended_at, desk.zone)}."
        yield section(f"*Everybody:* {did} {waits}".rstrip(), _DESK)
    if found.leads is not None and desk is None:
        yield section(f"*You lead {escape(found.leads.name)}*", _MY_TEAM)


_WELCOME = header("How is your role changing?")
_NO_ROLE = "*How is your role changing?*"  # of who began a project or a tip without one
_WHAT_IT_IS = section("roleshift shows how AI changes your job, and gives you one small exercise a week.")
_ABOUT = actions(button("What you keep about me", "privacy"), button("Help", "help"))
_DESK, _MY_TEAM = button("The desk", "team"), button("My team", "team")
_ALL_LEARNED = "You learned every skill of this path. What proves a role line is a finished project."
_MENU = overflow(
    ("My progress", "progress", ""), ("My record", "record", ""), ("All skills", "skills", ""),
    ("What you keep about me", "privacy", ""), ("Help", "help", ""), of="home",
)  # fmt: skip
_MORE = section("*More*", _MENU)

_LOOK_AROUND = button("Compare roles", "roles"), button("All skills", "skills")
FOR_GUESTS = actions(*_LOOK_AROUND, button("Help", "help"))
_GUEST = "I can coach full members only, and you are a guest here, so nothing is stored about you. You can look around."
NOT_COACHED: list[Block] = [_WELCOME, section(_GUEST), FOR_GUESTS]


COACH_ME, NAME = "coach-me", "Coach me"  # the shortcut, and what Slack calls it

noun = Noun()
noun.form(COACH_ME, no_value)(ask.submit)


@noun.shortcut(COACH_ME, "global", NAME, "Your tip of this week, your next skill, and a question to the coach")
async def coach_me(request: Request, _: payloads.Shortcut) -> form.Form:
    return form.Form(await coach_me_now(request))


async def coach_me_now(request: Request) -> Block:
    try:
        await request.check_member()
    except NotCoached:
        return NOT_COACHED_MODAL
    return coach_me_modal(await request.read(home.home))


def coach_me_modal(found: home.Home) -> Block:
    if found.path is None and found.is_new:
        blocks = [*which_role(found.catalog, None)]
    else:
        standing = "\n".join([f"*{title(found.path.role)}*", *_proved(found)]) if found.path else _NO_ROLE
        blocks = [*hero(found), section(standing, button("A tip now", "tip"))]
        is_coming = found.schedule.comes_at is not None and not found.schedule.paused_until
        if found.tip is None or not is_coming:  # else the menu of the tip has what is left to change
            blocks += tips.line(found.schedule)
    return ask.in_modal(NAME, below=[divider(), *blocks], form=COACH_ME)


NOT_COACHED_MODAL = ask.in_modal(NAME, below=[divider(), *NOT_COACHED[1:]], form=COACH_ME)


THIS_WEEK = "this-week"
OPEN_IT = button("Open it", THIS_WEEK, style="primary")


@noun.verb("menu", "See your week and your next step.", ("",))
async def menu(request: Request, _words: str) -> Message:
    found = await request.read(home.home)
    if found.path is not None or not found.is_new:
        return week(found)
    picker = await myrole(request, "")
    return replace(picker, blocks=[context("roleshift shows how AI changes your job."), *picker.blocks])


@noun.click(THIS_WEEK, no_value)
async def show_week(request: Request, _: None) -> Message:
    found = await request.read(home.home)
    if found.tip is None:
        return await menu(request, "")
    return Message(escape(found.tip.seen.lesson.tip.title), list(week_card(found, found.tip)))


@noun.verb("help", "See what you can type.")
async def help_(request: Request, words: str) -> Message:
    if await request.is_guest():
        return HELP_FOR_GUESTS
    if not await request.services.people.seems_admin(request.who):
        return HELP_FOR_LEADS if await request.store.read(led_by, request.who) else HELP
    if words.casefold() != ADMINS:
        return HELP_FOR_ADMINS
    return help_of_admins(request.nouns.verbs, request.services.retention.departed.days)


def week(found: home.Home) -> Message:
    tip, lesson = found.tip, found.lesson
    if tip is not None and tip.seen.is_settled:
        following = f" Next: *{escape(found.place.step.title)}*." if found.place else ""
        said = f"Done this week: *{escape(tip.seen.lesson.tip.title)}*.{following}"
    else:
        this = tip.seen.lesson if tip else lesson
        assert this is not None  # noqa: S101 - a member with a role has a tip, or one to start with
        said = f"*This week: {escape(this.tip.title)}* · {takes(this, found.schedule.rhythm)}"
    if tip is not None and not tip.seen.is_settled:
        step = OPEN_IT
    elif lesson is not None:
        step = button("Start", START, lesson.tip.id, style="primary")
    elif found.due_check is not None:
        step = button("Answer a question", "check", style="primary")
    elif found.place is not None:
        step = button("Go on", "next", style="primary")
    else:
        step = button("A tip now", "tip", style="primary")
    welcome = "Good to see you. " if found.schedule.rhythm.is_slow else ""
    lines = [f"{welcome}{said}", *_proved(found), tips.in_words(found.schedule)]
    return Message(lines[0], [section("\n".join(lines)), actions(step, *_OTHERS)])


_OTHERS = button("My role", "myrole"), button("My progress", "progress"), button("Help", "help")
ADMINS = "admins"  # the word after `help`
OF_ADMINS = ("announce", "team", "challenge", "admins", "audit", "reported", "lead", "allowed")  # verbs

_VERBS = (  # a heading, and the verbs under it with what each does
    "*Your role*\n`myrole` how your role changes\n`progress` how far you are\n"
    "`record` what you did and when, for a review\n\n"
    "*Tips*\n`project` your project and its open step\n`tip` get a tip now\n`did` say that you did one\n"
    "`tips` weekly tips: on, off, pause, day and time\n\n"
    "*Skills*\n`learn` mark a skill as learned\n`check` answer a question about a skill\n\n"
    "*Your team*\n`challenge` take part in a team challenge\n\n"
    "*And*\n`ask` ask in your own words\n`privacy` what I keep, and why\n`help` this list"
).split("\n\n")
_FURTHER = (
    "More: `skills` `roles` `themes` `situation` `plan` `lab` `show` `allowed` `forget me`. You can also write to me "
    "directly: *done*, *too hard*, *ten minutes*, or a question; or mention me in a channel. If I don't answer, your "
    "workspace does not let me read that."
)
_HELP = [section("*What you can type*, such as `/roleshift tip`"), *map(section, _VERBS), context(_FURTHER)]
_START_WITH = button("My role", "myrole"), button("A tip now", "tip"), button("What you keep", "privacy")
HELP = Message("What you can type after `/roleshift`.", [*_HELP, actions(*_START_WITH)])
HELP_FOR_ADMINS = replace(HELP, blocks=[*_HELP, actions(*_START_WITH, button("For admins", "help", ADMINS))])
_LEADS_TYPE = section("*For leads*\n`team` your team and its project\n`lead on` one message a month")
HELP_FOR_LEADS = replace(HELP, blocks=[*_HELP, _LEADS_TYPE, actions(*_START_WITH, _MY_TEAM)])

_GUESTS_TYPE = section(
    "*What you can type*, such as `/roleshift roles`\n`roles` how each role changes\n`role` one of them, such as "
    "`role designer`\n`skills` all skills\n`themes` what runs through every role\n`ask` a question in your own words\n"
    "`privacy` what I keep, and why"
)
_OF_GUESTS = context("You are a guest here. I can coach full members only, and keep nothing about you.")
_LOOK = actions(*_LOOK_AROUND, button("What you keep", "privacy"))
HELP_FOR_GUESTS = replace(HELP, blocks=[_GUESTS_TYPE, _OF_GUESTS, _LOOK])


def help_of_admins(verbs: Mapping[str, Verb], days: int) -> Message:
    """Return what admins can type. `days`: for how long what is stored stays after the app was removed."""
    found = [verbs[word] for word in OF_ADMINS]
    told = ((verb.usage, verb.explains.removeprefix("Admins: ")) for verb in found)
    lines = (f"`{usage}` {says[:1].upper()}{says[1:]}" for usage, says in told)
    said = section("\n".join(["*What admins can type*", *lines]))
    to_uninstall = context(
        "To uninstall me: in Slack, *Manage apps*, roleshift, *Remove*. My access ends at once, what I keep is "
        f"deleted after {counted(days, 'day')}, and posts stay."
    )
    return Message("What admins can type after `/roleshift`.", [said, to_uninstall, actions(button("Back", "help"))])
