"""The shortcut *Coach me*: a question to the coach, the tip of this week and the next skill, in one modal.

A click in it is answered by the modal itself where the outcome is on it, as in Home.
"""

from collections.abc import Iterator

from bot.coach import home
from bot.coach.home import Home, WeekTip
from bot.core.errors import NotCoached
from bot.core.learning import Path
from bot.core.nudges import Reason
from bot.slack import ask
from bot.slack.blocks import actions, button, divider, section
from bot.slack.form import Form
from bot.slack.home import role_choice, skill_row, week_card, weekly_tips
from bot.slack.message import Block, Rendered, escape
from bot.slack.noun import Noun, no_value
from bot.slack.payloads import Shortcut
from bot.slack.request import Request
from bot.slack.role import tally
from bot.slack.tip.card import LINE
from bot.slack.tip.ref import Origin, TipRef

NAME, FORM = "Coach me", "coach-me"

noun = Noun()
noun.form(FORM, no_value)(ask.submit)


@noun.shortcut("coach-me", "global", NAME, "A question to the coach, your tip of this week, and your next skill")
async def coach_me(request: Request, _: Shortcut) -> Form:
    """Answer the shortcut. Nothing is stored."""
    return Form(await current(request))


async def current(request: Request) -> Block:
    """Return the modal as this person sees it now."""
    try:
        await request.check_member()
    except NotCoached:
        return NOT_COACHED
    return coach_me_modal(await request.find(home.home, request.catalog, request.who, request.now))


def coach_me_modal(found: Home) -> Block:
    return ask.asked_first(NAME, _blocks(found), form=FORM)


def _blocks(found: Home) -> Iterator[Block]:
    if found.tip is not None:
        yield from _done(found.tip) if found.tip.seen.is_done else (_THIS_WEEK, *week_card(found, found.tip))
        yield divider()
    if found.path is None:
        yield _WHICH_ROLE
        yield from role_choice(found.catalog)
        return
    if found.tip is None:
        yield from weekly_tips(found.schedule, has_tip=False)
        yield divider()
    yield from _next(found.path)


def _done(tip: WeekTip) -> Iterator[Block]:
    """Yield a tip that is done, in one line."""
    seen, ref = tip.seen, TipRef(tip.seen.lesson.tip.id, Reason.ASKED, Origin.WEEKLY, tip.week)
    has_line = seen.last_step is not None and seen.last_step.line
    more = button("Change the line" if has_line else "What came out?", LINE, ref.value)
    yield section(f"✓ Done this week: *{escape(seen.lesson.tip.title)}*", more)


def _next(path: Path) -> Iterator[Block]:
    if not path.ahead:
        yield _FINISHED
        yield _AFTER_THE_PATH
        return
    skill = path.upcoming[0]
    yield section(f"*Next on your path* · {tally(path)}")
    yield skill_row(skill, is_practised=skill.slug in path.practised)
    yield actions(button("How do I start?", "skill", skill.slug), button("A tip now", "tip"))


_THIS_WEEK = Rendered(section("*Your tip of this week*"))
_WHICH_ROLE = Rendered(section("*Which role is yours?*\nPick the nearest. You can change it at any time."))
_FINISHED = Rendered(section("*You finished this path.* Next: a tip that goes further, or the path of another role."))
_AFTER_THE_PATH = Rendered(actions(button("A tip now", "tip"), button("Compare roles", "roles")))

NOT_COACHED = ask.asked_first(
    NAME,
    [
        section(
            "I can only coach members of this workspace, so nothing is stored about you. You can still look around."
        ),
        actions(button("Compare roles", "roles"), button("All skills", "skills"), button("Help", "help")),
    ],
    form=FORM,
)
