"""Where a member stands this week and what they can do next, and the help."""

from dataclasses import replace

from bot.coach.home import Home, home
from bot.core.learning import Path
from bot.core.member import Consent, Schedule
from bot.slack import role
from bot.slack.blocks import actions, button, context, moment, section
from bot.slack.home import week_card
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.slack.tip.ref import START

noun = Noun()

THIS_WEEK = "this-week"
OPEN_IT = button("Open it", THIS_WEEK, style="primary")


@noun.verb("", "See your week and your next step.", ("menu",))
async def menu(request: Request, _words: str) -> Message:
    found = await request.find(home, request.catalog, request.who, request.now)
    if found.path is not None:
        return week(found, found.path)
    return first_question(await role.myrole(request, ""))


@noun.click(THIS_WEEK, no_value)
async def this_week(request: Request, _: None) -> Message:
    """Show the tip of this week; after its week, what comes next."""
    found = await request.find(home, request.catalog, request.who, request.now)
    if found.tip is None:
        return await menu(request, "")
    return Message(escape(found.tip.seen.lesson.tip.title), list(week_card(found, found.tip)))


@noun.verb("help", "See what you can type.")
async def help_(_request: Request, _words: str) -> Message:
    return HELP


def first_question(picker: Message) -> Message:
    return replace(picker, blocks=[_WHAT_IT_IS, *picker.blocks])


def week(found: Home, path: Path) -> Message:
    lines = [_this_week(found, path), role.standing(path), _weekly(found.schedule)]
    return Message(
        text=lines[0],
        blocks=[
            section("\n".join(lines)),
            actions(_step(found, path), *_OTHERS),
        ],
    )


def _this_week(found: Home, path: Path) -> str:
    if found.tip is not None and found.tip.seen.is_done:
        following = f" Next: {escape(path.upcoming[0].name)}." if path.upcoming else ""
        return f"Done this week: *{escape(found.tip.seen.lesson.tip.title)}*.{following}"
    lesson = found.tip.seen.lesson if found.tip else found.lesson
    assert lesson is not None  # noqa: S101 - a member with a role has a tip, or one to start with
    return f"*This week: {escape(lesson.tip.title)}* · {lesson.tip.minutes} minutes"


def _weekly(schedule: Schedule) -> str:
    if schedule.consent is not Consent.YES:
        return "Weekly tips are off."
    if schedule.paused_until or schedule.comes_at is None:
        return "Weekly tips are paused."
    return f"Next weekly tip: {moment(schedule.comes_at, schedule.zone)}"


def _step(found: Home, path: Path) -> Block:
    if found.tip is not None and not found.tip.seen.is_done:
        return OPEN_IT
    if found.lesson is not None:
        return button("Start", START, found.lesson.tip.id, style="primary")
    if found.due_check is not None:
        return button("Answer a question", "check", style="primary")
    if path.upcoming and path.upcoming[0].slug in path.practised:
        return button("Mark as learned", "learn", path.upcoming[0].slug, style="primary")
    return button("A tip now", "tip", style="primary")


_OTHERS = button("My role", "myrole"), button("My progress", "progress"), button("Help", "help")
_WHAT_IT_IS = Rendered(context("roleshift shows how AI changes your job."))
HELPS = {  # a heading, and the verbs under it with what each does
    "Your role": {
        "myrole": "how your role changes",
        "progress": "how far you are",
        "record": "your dated record, for a review",
    },
    "Tips": {
        "tip": "get one now",
        "did": "say that you did one",
        "tips": "weekly tips: on, off, pause, day and time",
    },
    "Skills": {
        "learn": "mark a skill as learned",
        "check": "answer a question about a skill",
    },
    "Your team": {
        "challenge": "take part in a team challenge",
        "team": "the team's desk, for admins",
    },
    "And": {
        "ask": "ask in your own words",
        "privacy": "what I keep, and why",
        "help": "this list",
    },
}
HELP = Message(
    text="What you can type after `/roleshift`.",
    blocks=[
        Rendered(section("*What you can type*, such as `/roleshift tip`")),
        *(
            Rendered(section("\n".join([f"*{title}*", *(f"`{verb}` {says}" for verb, says in verbs.items())])))
            for title, verbs in HELPS.items()
        ),
        Rendered(
            context(
                "More: `skills` `roles` `themes` `situation` `plan` `show` `allowed` `forget me`. "
                "You can also write to me directly without `/roleshift`, or mention me in a channel. "
                "If I don't answer, your workspace does not let me read that."
            )
        ),
        Rendered(actions(button("My role", "myrole"), button("A tip now", "tip"), button("What you keep", "privacy"))),
    ],
)
