"""Everything that people can ask of the bot, noun by noun, in the order of the help."""

from types import ModuleType

from bot.slack import privacy
from bot.slack import situation as situation_screen
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
from bot.slack.screens import ask as ask_screen
from bot.slack.screens import coach_me, coach_this
from bot.slack.screens import roles as roles_screen
from bot.slack.screens import show as show_screen
from bot.slack.screens import skill as skill_screen
from bot.slack.team import admins, announce, audit, content, desk, settings
from bot.slack.tip import blocked, given
from bot.slack.tip import card as tip_card
from bot.slack.tip import check as tip_check
from bot.slack.tip import check_now as check_screen
from bot.slack.tip import check_verb as check
from bot.slack.tip import did as tip_did
from bot.slack.tip import did_verb as did
from bot.slack.tip import pause_verb as pause
from bot.slack.tip import plan as plan_screen
from bot.slack.tip import plan_verb as plan
from bot.slack.tip import resume_verb as resume
from bot.slack.tip import situation_verb as situation
from bot.slack.tip import tip_verb as tip
from bot.slack.tip import tips as tips_screen
from bot.slack.tip import tips_verb as tips
from bot.slack.tip.ref import TipRef

ON_HOME = {"learn", "unlearn", "myrole", "tips", "pause", "resume"}
FOR_ALL = {"roles", "theme", "themes"}

IN_ORDER: tuple[Noun | ModuleType, ...] = (
    menu, myrole, ask, learn, progress, tip, did, record, show, plan, check, situation,
    tips, pause, resume, challenge.noun, start.noun, entry.noun,
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
    old.click(tip_card.ANOTHER, TipRef.parse)(given.answer_another)
    old.click(ask_screen.SHOW_CHALLENGE, str)(ask_screen.show_challenge)
    old.click(ask_screen.SHOW_TIP, str)(ask_screen.show_tip)
    old.click(situation_screen.HAVE, situation_screen.parse_answer, on_home=True)(situation_screen.have)
    old.click(roles_screen.CHANGE, no_value)(roles_screen.change)
    old.click(tips_screen.CHOOSE, no_value)(tips_screen.choose_time)
    old.click(ask_screen.NOT_ANSWERED, ask_screen.parse_question)(ask_screen.keep)
    old.click(skill_screen.TEMPLATE, str)(skill_screen.show_template)
    old.click(show_screen.SEEN, show_screen.parse_id)(show_screen.seen_it)
    old.click(show_screen.SHARE, str)(show_screen.share)
    old.click(check_screen.ANSWER, check_screen.AnswerRef.parse)(check_screen.answer)
    old.click(tip_check.ANSWER, tip_check.AnswerRef.parse)(tip_did.answer)
    old.click(blocked.BACK, TipRef.parse)(blocked.go_back)
    old.click(blocked.WHY, blocked.Why.parse)(blocked.answer)
    old.click(tip_card.BLOCKED, TipRef.parse)(blocked.ask)
    old.click(tip_card.DID, TipRef.parse)(tip_did.did)
    old.click(tip_card.LEARN, TipRef.parse)(tip_did.learn)
    old.click(tip_card.LINE, TipRef.parse)(tip_did.write_line)
    old.click(tip_card.NOT_MY_WORK, TipRef.parse)(tip_did.not_my_work)
    old.click(tip_card.UNDO, TipRef.parse)(tip_did.undo)
    old.click(tip_card.UNPLAN, TipRef.parse)(plan_screen.unplan)
    old.click(tip_card.WHEN, TipRef.parse)(plan_screen.open_form)
    old.form(ask_screen.FORM, no_value)(ask_screen.submit)
    old.form(coach_me.FORM, no_value)(ask_screen.submit)
    old.form(tips_screen.FORM, no_value)(tips_screen.save_time)
    old.form(tip_card.LINE, TipRef.parse)(tip_did.save_line)
    old.form(tip_card.WHEN, TipRef.parse)(plan_screen.save)
    old.form(situation_screen.FORM, situation_screen.parse_needs)(situation_screen.save)
    old.shortcut(
        "coach-me", "global", coach_me.NAME, "Your tip of this week, your next skill, and a question to the coach"
    )(coach_me.open_form)
    old.shortcut(
        "coach-this", "message", coach_this.NAME, "How this is done with AI: skills and tips that fit the message"
    )(coach_this.open_form)


_register()
NOUNS = Nouns((old, *map(_noun_of, IN_ORDER)))
