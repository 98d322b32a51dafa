"""Everything that people can ask of the bot, noun by noun, in the order of the help."""

from types import ModuleType

from bot.slack import ask as ask_screen
from bot.slack import coach_me, privacy, situation
from bot.slack import show as show_screen
from bot.slack import skill as skill_screen
from bot.slack.challenge import entry, start
from bot.slack.challenge import list as challenge
from bot.slack.commands import (
    ask,
    help,  # noqa: A004 - the file bears the word that people type
    learn,
    menu,
    myrole,
    progress,
    record,
    role,
    roles,
    show,
    skill,
    skills,
    theme,
    themes,
    unlearn,
)
from bot.slack.noun import Noun, Nouns, no_value
from bot.slack.screens import coach_this
from bot.slack.screens import roles as roles_screen
from bot.slack.team import admins, announce, audit, content, desk, settings
from bot.slack.tip import blocked, check, did, given, plan, tips

ON_HOME = {"learn", "unlearn", "myrole"}
FOR_ALL = {"roles", "theme", "themes"}

IN_ORDER: tuple[Noun | ModuleType, ...] = (
    menu, myrole, ask, learn, progress, given.noun, did.noun, record, show, plan.noun, check.noun,
    blocked.noun, situation.noun, tips.noun, challenge.noun, start.noun, entry.noun,
    skills, skill, unlearn, roles, role, themes, theme,
    content.policy_noun, desk.noun, settings.noun, announce.noun, admins.noun, audit.noun, content.noun,
    privacy.noun, help,
)  # fmt: skip

old = Noun()


def _noun_of(command: Noun | ModuleType) -> Noun:
    if isinstance(command, Noun):
        return command
    noun, word = Noun(), command.USAGE.partition(" ")[0]
    also = getattr(command, "ALIASES", ()) + (() if word else ("menu",))
    noun.verb(
        command.USAGE, (command.__doc__ or "").partition("\n")[0], also,
        for_all=word in FOR_ALL, on_home=word in ON_HOME,
    )(command.answer)  # fmt: skip
    return noun


def _register() -> None:
    old.click(ask_screen.SHOW_CHALLENGE, str)(ask_screen.show_challenge)
    old.click(ask_screen.SHOW_TIP, str)(ask_screen.show_tip)
    old.click(roles_screen.CHANGE, no_value)(roles_screen.change)
    old.click(ask_screen.NOT_ANSWERED, ask_screen.parse_question)(ask_screen.keep)
    old.click(skill_screen.TEMPLATE, str)(skill_screen.show_template)
    old.click(show_screen.SEEN, show_screen.parse_id)(show_screen.seen_it)
    old.click(show_screen.SHARE, str)(show_screen.share)
    old.form(ask_screen.FORM, no_value)(ask_screen.submit)
    old.form(coach_me.FORM, no_value)(ask_screen.submit)
    old.shortcut(
        "coach-me", "global", coach_me.NAME, "Your tip of this week, your next skill, and a question to the coach"
    )(coach_me.open_form)
    old.shortcut(
        "coach-this", "message", coach_this.NAME, "How this is done with AI: skills and tips that fit the message"
    )(coach_this.open_form)


_register()
NOUNS = Nouns((old, *map(_noun_of, IN_ORDER)))
