"""Understand what people write to the bot: a verb, with or without `/roleshift` before it, or a question.

What is stored of it names verbs and content only: a question's words are not.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from bot.coach import ask, learning, roles, schedules, tips
from bot.coach.answers import Deed
from bot.coach.posts.answers import ASK, BEFORE, CHOSEN, LATE, PUBLIC, SHOW, THANKS
from bot.core.catalog import Catalog
from bot.core.errors import UserError
from bot.core.questions import Answer, EntryKind
from bot.core.subjects import AnswerSubject
from bot.core.times import is_slot, read_pause, read_slot, read_zone, zone_of_city
from bot.slack import routes, typed
from bot.slack.commands import tips as tips_command
from bot.slack.message import words_alone
from bot.slack.request import Request
from bot.slack.typed import Typed

MAX_LETTERS = 2_000  # of what is read; nobody asks a longer question
PERIOD = re.compile(r"month|quarter|\d{4}")  # of a record
COMMAND = re.compile(r"^/?roleshift\b", re.IGNORECASE)
GOODBYES = frozenset("thanks,thank you,thx,ty,cheers,ok,okay,great,cool,nice,perfect".split(","))

Read = Callable[[Request, str], Awaitable[Deed]]  # raises UserError if the words name nothing that the verb can take


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what was found for it. Only its subject is stored, which has none of its words."""

    words: str
    answer: Answer

    @property
    def subject(self) -> AnswerSubject:
        """Return what was found: the degree, and the names of the entries."""
        found, not_ours = self.answer.found, self.answer.not_ours
        entries = [*found, *([not_ours] if not_ours else [])]
        return AnswerSubject(ASK, (self.answer.degree.name, *(f"{each.kind.name}/{each.slug}" for each in entries)))


async def understand(asked: Request, text: str) -> Deed | Question:
    """Return what a member wants who wrote this by direct message."""
    line = plain(text)
    meant = _typed(line)
    if meant is not None:
        verb = routes.verb_of(routes.VERBS[meant.verb]) if meant.verb else "menu"
        if verb == "ask" and meant.words:
            return await question(asked.catalog, meant.words)
        try:
            return await READS.get(verb, partial(_on_a_button, verb))(asked, meant.words)
        except UserError:
            pass  # "learn how to test a prompt" begins like a verb, and is a question
    return _said(THANKS) if _bare(line) in GOODBYES else await question(asked.catalog, line)


async def understand_mention(catalog: Catalog, text: str) -> AnswerSubject | Question:
    """Return what to answer a mention, where everybody reads it: content alone, and a button for all else."""
    line = plain(text)
    meant = _typed(line)
    if meant is None:
        return AnswerSubject(THANKS) if _bare(line) in GOODBYES else await question(catalog, line)
    verb = routes.verb_of(routes.VERBS[meant.verb]) if meant.verb else "menu"
    if verb == "ask" and meant.words:
        return await question(catalog, meant.words)
    if verb in NAMED and meant.words:
        try:
            return AnswerSubject(ASK, ("ANSWERS", NAMED[verb](catalog, meant.words)))
        except UserError:
            return await question(catalog, line)
    if verb in FOR_ALL:
        return AnswerSubject(verb)
    return AnswerSubject(PUBLIC) if verb in {"menu", "help", "ask"} else AnswerSubject(SHOW, (verb,))


def plain(text: str) -> str:
    """Return the text without Slack's mark-up, and without `/roleshift` in front."""
    line = " ".join(words_alone(text[:MAX_LETTERS]).split())
    return COMMAND.sub("", line).strip()


async def question(catalog: Catalog, line: str) -> Question:
    """Look a question up."""
    return Question(line, await asyncio.to_thread(ask.answer, catalog, line))


def _typed(line: str) -> Typed | None:
    """Return the verb with which a line begins, and its words; None for what can only be a question.

    Everyday words count if they are alone: "stop" ends weekly tips, "stop the model from guessing" is a question.
    """
    bare = _bare(line)
    first, _, words = line.partition(" ")
    verb = first.casefold().rstrip(":,")
    if verb in routes.VERBS:
        return Typed(verb, words.strip())
    meant = typed.read(bare)
    is_whole = " " not in bare or is_slot(bare) or zone_of_city(bare) is not None
    return meant if is_whole and (not bare or meant.verb in routes.VERBS) else None


def _bare(line: str) -> str:
    return line.casefold().rstrip("!.?… ") or ("?" if line.startswith("?") else "")


def _said(verb: str, *words: str) -> Deed:
    return _deed(AnswerSubject(verb, words))


def _deed(subject: AnswerSubject) -> Deed:
    """Return a deed that stores nothing."""
    return lambda _tx: subject


def _code(*, when: bool, code: str) -> tuple[str, ...]:
    return (code,) if when else ()


async def _on_a_button(verb: str, _asked: Request, _words: str) -> Deed:
    """Offer a button for a verb that opens a form, changes much or is for admins: who presses it is asked as usual."""
    return _said(SHOW, verb)


async def _alone(verb: str, _asked: Request, words: str) -> Deed:
    if words:
        raise UserError("this verb takes no words")
    return _said(verb)


async def _theme(asked: Request, words: str) -> Deed:
    return _said("theme", asked.catalog.theme_named(words).slug)


async def _role(asked: Request, words: str) -> Deed:
    return _said("role", asked.catalog.role_named(words).slug)


async def _skill(asked: Request, words: str) -> Deed:
    return _said("skill", *((asked.catalog.skill_named(words).slug,) if words else ()))


async def _skills(asked: Request, words: str) -> Deed:
    return _said("skills", *((asked.catalog.role_named(words).slug,) if words else ()))


async def _learn(asked: Request, words: str) -> Deed:
    if not words:
        return _said("learn")
    skill = asked.catalog.skill_named(words)

    def learn(tx: Connection) -> AnswerSubject:
        found = learning.mark_learned(tx, asked.catalog, asked.who, skill, asked.now)
        return AnswerSubject("learn", (skill.slug, *_code(when=not found.new, code=BEFORE)))

    return learn


async def _unlearn(asked: Request, words: str) -> Deed:
    if not words:
        return _said("unlearn")
    skill = asked.catalog.skill_named(words)

    def unlearn(tx: Connection) -> AnswerSubject:
        found = learning.unmark(tx, asked.catalog, asked.who, skill, asked.now)
        return AnswerSubject("unlearn", (skill.slug, *_code(when=not found.was_marked, code=BEFORE)))

    return unlearn


async def _myrole(asked: Request, words: str) -> Deed:
    if not words:
        return _said("myrole")
    role = asked.catalog.role_named(words)

    def choose(tx: Connection) -> AnswerSubject:
        roles.set_role(tx, asked.catalog, asked.who, role, asked.now)
        return AnswerSubject("myrole", (CHOSEN,))

    return choose


async def _record(_asked: Request, words: str) -> Deed:
    if words and not PERIOD.fullmatch(words.casefold()):
        raise UserError("this is no period")
    return _said("record", *words.casefold().split())


async def _tip(asked: Request, words: str) -> Deed:
    skill = asked.catalog.skill_named(words) if words else None

    def give(tx: Connection) -> AnswerSubject:
        choice = tips.tip_now(tx, asked.catalog, asked.who, skill, asked.now).choice
        return AnswerSubject("tip", (choice.lesson.tip.id, choice.reason.name))

    return give


async def _tips(asked: Request, words: str) -> Deed:
    low, who, now = words.casefold(), asked.who, asked.now
    if not low:
        return _said("tips", "shown")
    if low in tips_command.OFF:
        return lambda tx: AnswerSubject("tips", ("stopped", *_late(schedules.decline(tx, who, now))))
    if low.startswith("zone") or (zone_of_city(low) and not is_slot(low)):
        zone = read_zone(words[len("zone") :].strip() if low.startswith("zone") else low)
        return lambda tx: AnswerSubject("tips", ("zone", *_late(schedules.set_zone(tx, who, zone, now))))
    found = await asked.find(schedules.state, who)
    slot = None if low in tips_command.ON else read_slot(low, found.schedule.slot)
    if slot and not found.on and low.startswith(f"{tips_command.PERHAPS} "):
        return _said("tips", "perhaps", str(slot.weekday), str(slot.minute))
    return lambda tx: AnswerSubject("tips", ("started", *_late(schedules.accept(tx, who, slot, None, now))))


async def _pause(asked: Request, words: str) -> Deed:
    found = await asked.find(schedules.state, asked.who)
    until = read_pause(words or "2 weeks", found.schedule.zone, asked.now)
    return lambda tx: AnswerSubject("pause", _late(schedules.pause(tx, asked.who, until, asked.now)))


async def _resume(asked: Request, words: str) -> Deed:
    if words:
        raise UserError("this verb takes no words")
    return lambda tx: AnswerSubject("resume", _late(schedules.resume(tx, asked.who, asked.now)))


def _late(found: schedules.Tips) -> tuple[str, ...]:
    return _code(when=found.on_the_way, code=LATE)


READS: Mapping[str, Read] = {
    **{
        verb: partial(_alone, verb)
        for verb in ("menu", "help", "ask", "privacy", "roles", "themes", "progress", "plan")
    },
    "theme": _theme,
    "role": _role,
    "skill": _skill,
    "skills": _skills,
    "learn": _learn,
    "unlearn": _unlearn,
    "myrole": _myrole,
    "record": _record,
    "tip": _tip,
    "tips": _tips,
    "pause": _pause,
    "resume": _resume,
}
FOR_ALL = frozenset({"roles", "themes"})  # what these verbs show is the same for everybody
NAMED: Mapping[str, Callable[[Catalog, str], str]] = {  # what these name is shown to all as an entry with a button
    "skill": lambda catalog, words: f"{EntryKind.SKILL.name}/{catalog.skill_named(words).slug}",
    "role": lambda catalog, words: f"{EntryKind.ROLE.name}/{catalog.role_named(words).slug}",
    "theme": lambda catalog, words: f"{EntryKind.THEME.name}/{catalog.theme_named(words).slug}",
}
