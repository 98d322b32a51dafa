"""The answers to direct messages and mentions: mostly the screen of the verb that was meant."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from bot.coach.learning import Unmarked
from bot.coach.posts.answers import ASK, CHOSEN, GONE, INSTALL_ANEW, NOT_POSTED, PUBLIC, SHOW, THANKS, AnswerPost
from bot.coach.schedules import Tips
from bot.core.calendar import Slot
from bot.core.catalog import Catalog
from bot.core.errors import NotCoached
from bot.core.questions import Answer, Degree, Entry, EntryKind, entries_of
from bot.slack import routes
from bot.slack.message import Message, Rendered
from bot.slack.screens import (
    announce,
    ask,
    install_anew,
    learned,
    myrole,
    pick,
    privacy,
    progress,
    record,
    role,
    roles,
    skill,
    skills,
    sorry,
    themes,
    tips,
)
from bot.slack.screens import help as help_screen
from bot.slack.screens.blocks import actions, button, context, section
from bot.slack.screens.menu import MENU
from bot.slack.screens.tip import given, when


def answered(catalog: Catalog, post: AnswerPost) -> Message:
    """Return the answer to what a person wrote."""
    return DRAWS[post.about.verb](catalog, post)


def _button(_catalog: Catalog, post: AnswerPost) -> Message:
    """Return a button whose answer is for the person who presses it alone."""
    said = "Press *Show me*: only you see what comes."
    return Message(said, [section(said), actions(button("Show me", post.about.words[0], style="primary"))])


INTRODUCED = Message(
    "I show how AI changes your job, and give you one small exercise a week.",
    [
        Rendered(
            section(
                "*How is your role changing?*\n"
                "I show how AI changes your job, and give you one small exercise a week. Ask me in plain words, or "
                "press a button: only you see what comes."
            )
        ),
        Rendered(
            actions(
                button("Show me my role", "myrole", style="primary"),
                button("A tip now", "tip"),
                button("Everything I can do", "help"),
            )
        ),
    ],
)
_THANKED = Message(
    "You're welcome.",
    [
        Rendered(section("You're welcome.")),
        Rendered(actions(button("A tip now", "tip"), button("My role", "myrole"), button("What I can do", "help"))),
    ],
)
_GONE = Message(
    "I don't teach that any more.",
    [
        Rendered(section("I don't teach that any more: what I teach changed a moment ago.")),
        Rendered(actions(button("All skills", "skills"), button("Compare roles", "roles"))),
    ],
)
_MORE = Rendered(context("Not what you meant? `/roleshift ask` lets you show a question to your admins."))


def turned_away() -> Message:
    """Tell a person who may not be coached so."""
    return sorry.refused(NotCoached())


def _asked(catalog: Catalog, post: AnswerPost) -> Message:
    if not post.about.words:
        return ask.EXAMPLES
    degree, *names = post.about.words
    known = _entries(catalog)
    found = tuple(known[name] for name in names if name in known)
    others = next((entry for entry in found if entry.kind is EntryKind.NOT_OURS), None)
    ours = tuple(entry for entry in found if entry.kind is not EntryKind.NOT_OURS)
    sure = Degree[degree] if ours else Degree.UNKNOWN
    said = ask.answered(catalog, None, Answer(sure, ours, others))
    return said if others else Message(said.text, [*said.blocks, _MORE])


@lru_cache(maxsize=4)
def _entries(catalog: Catalog) -> Mapping[str, Entry]:
    return {f"{entry.kind.name}/{entry.slug}": entry for entry in entries_of(catalog)}


def _tips(_catalog: Catalog, post: AnswerPost) -> Message:
    """Answer about weekly tips: that they were changed, if they still are so."""
    found, said = post.found, post.about.words[0]
    assert isinstance(found, Tips)  # noqa: S101 - as `READS` has it
    if said == "perhaps" and not found.on:
        return tips.perhaps(Slot(*map(int, post.about.words[1:])))
    if said == "stopped" and not found.on:
        return tips.stopped(found)
    if said == "zone":
        return tips.zone_set(found)
    return tips.started(found) if said == "started" and found.on else tips.shown(found, post.now)


def _marked(_catalog: Catalog, post: AnswerPost) -> Message:
    if not post.about.words:
        return pick.to_learn(post.found)
    return learned.unmarked(post.found) if isinstance(post.found, Unmarked) else learned.marked(post.found)


def _unmarked(_catalog: Catalog, post: AnswerPost) -> Message:
    return learned.unmarked(post.found) if post.about.words else pick.to_unlearn(post.found)


def _skill(_catalog: Catalog, post: AnswerPost) -> Message:
    return skill.seen(post.found) if post.about.words else pick.to_see(post.found)


def _theme(catalog: Catalog, post: AnswerPost) -> Message:
    found = catalog.themes.get(post.about.words[0])
    return themes.theme(catalog, found) if found else _GONE


def _help(_catalog: Catalog, _post: AnswerPost) -> Message:
    return help_screen.listed((command.USAGE, routes.explain(command)) for command in routes.COMMANDS)


DRAWS: Mapping[str, Callable[[Catalog, AnswerPost], Message]] = {
    ASK: _asked,
    PUBLIC: lambda _, __: INTRODUCED,
    SHOW: _button,
    NOT_POSTED: lambda _, post: announce.not_posted(*post.about.words),
    INSTALL_ANEW: lambda _, post: install_anew.asked(*post.about.words),
    THANKS: lambda _, __: _THANKED,
    GONE.verb: lambda _, __: _GONE,
    "menu": lambda _, __: MENU,
    "help": _help,
    "privacy": lambda _, __: privacy.KEPT,
    "roles": lambda catalog, _: roles.every(catalog),
    "themes": lambda catalog, _: themes.every(catalog),
    "theme": _theme,
    "role": lambda _, post: role.seen(post.found),
    "skill": _skill,
    "skills": lambda _, post: skills.listed(post.found),
    "myrole": lambda _, post: (myrole.chosen if CHOSEN in post.about.words else myrole.mine)(post.found),
    "progress": lambda _, post: progress.shown(post.found),
    "learn": _marked,
    "unlearn": _unmarked,
    "plan": lambda _, post: when.listed(post.found),
    "record": lambda _, post: record.shown(post.found),
    "tip": lambda catalog, post: given.given(catalog, post.found),
    "tips": _tips,
    "pause": lambda _, post: tips.paused(post.found),
    "resume": lambda _, post: tips.paused(post.found),
}
