"""The shortcut *Coach me*: a question to the coach, the tip of this week and how far the member is, in one modal.

A click in it is answered by the modal itself where the outcome is on it, as in Home.
"""

from collections.abc import Iterator

from bot.coach import home
from bot.coach.home import Home
from bot.core.errors import NotCoached
from bot.slack import ask
from bot.slack.blocks import actions, button, section
from bot.slack.form import Form
from bot.slack.home import hero
from bot.slack.message import Block
from bot.slack.noun import Noun, no_value
from bot.slack.payloads import Shortcut
from bot.slack.request import Request
from bot.slack.role import standing, title, which_role
from bot.slack.tip import tips

NAME, FORM = "Coach me", "coach-me"

noun = Noun()
noun.form(FORM, no_value)(ask.submit)


@noun.shortcut("coach-me", "global", NAME, "Your tip of this week, your next skill, and a question to the coach")
async def coach_me(request: Request, _: Shortcut) -> Form:
    """Answer the shortcut. Nothing is stored."""
    return Form(await current(request))


async def current(request: Request) -> Block:
    try:
        await request.check_member()
    except NotCoached:
        return NOT_COACHED
    return coach_me_modal(await request.find(home.home, request.catalog, request.who, request.now))


def coach_me_modal(found: Home) -> Block:
    return ask.asked_first(NAME, _blocks(found), form=FORM)


def _blocks(found: Home) -> Iterator[Block]:
    if found.path is None:
        yield from which_role(found.catalog, None)
        return
    yield from hero(found)
    yield section(f"*{title(found.path.role)}*\n{standing(found.path)}", button("A tip now", "tip"))
    is_coming = found.schedule.comes_at is not None and not found.schedule.paused_until
    if found.tip is None or not is_coming:  # else the menu of the tip has what is left to change
        yield from tips.line(found.schedule)


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
