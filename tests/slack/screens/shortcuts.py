"""The modals of the shortcuts, in every situation that makes them look different."""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.catalog import Catalog
from bot.core.learning import path_of
from bot.core.questions import Degree, Entry, EntryKind, SearchResult
from bot.slack import ask, coach_me
from bot.slack.message import Block
from tests.slack.screens.homes import DUE, OFF, ON, a_home, fullest


def about_shortcuts(catalog: Catalog) -> Iterator[tuple[str, Block]]:
    """Yield them with any catalogue that has the slugs of the small one."""
    role = next(iter(catalog.roles.values()))
    quiet = a_home(catalog, role)
    yield "coach-me-without-a-role", coach_me.coach_me_modal(replace(quiet, path=None, schedule=None))
    yield "coach-me-before-the-tip", coach_me.coach_me_modal(quiet)
    yield "coach-me-weekly-tips-off", coach_me.coach_me_modal(replace(quiet, schedule=OFF))
    yield "coach-me-paused", coach_me.coach_me_modal(replace(quiet, schedule=replace(ON, paused_until=DUE)))
    yield "coach-me-path-finished", coach_me.coach_me_modal(replace(quiet, path=path_of(catalog, role, role.skills)))
    yield "coach-me-with-a-tip", coach_me.coach_me_modal(fullest(catalog, role))
    yield "coach-me-not-coached", coach_me.NOT_COACHED
    skill = Entry(EntryKind.SKILL, "token-costs", "", ())
    tip = Entry(EntryKind.TIP, "token-costs-1", "", ())
    yield "coach-this-found", ask.coach_this_modal(catalog, SearchResult(Degree.CLOSEST, (skill, tip)))
    yield "coach-this-nothing-fits", ask.coach_this_modal(catalog, SearchResult(Degree.UNKNOWN))
    yield "coach-this-no-words", ask.NO_WORDS
    yield (
        "ask-in-a-modal",
        ask.modal_of(ask.results(catalog, "what <!here> costs", SearchResult(Degree.ANSWERS, (skill, tip)))),
    )
    yield "ask-in-a-modal-unknown", ask.modal_of(ask.results(catalog, "x" * 500, SearchResult(Degree.UNKNOWN)))
