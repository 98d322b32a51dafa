"""A question in plain words, typed, or asked in a modal; and the shortcut *Coach this*, which looks a message up.

What members say of themselves is answered as the verb that they could have typed, and some lines by a whole reply. Any
other gets the entry that fits best with its first step, and two more; or the coach says that it is not sure.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.coach import act, ask as coach_ask, practice
from bot.core.catalog import Catalog
from bot.core.content_types import ReplyAbout, Role
from bot.core.errors import FINAL, NextStep, NotAdmin, NotCoached, UserError, quoted
from bot.core.hearing import says_nothing
from bot.core.questions import Entry, EntryKind, SearchResult
from bot.core.when import minutes_in
from bot.core.words import LIGHT
from bot.metrics import HEARD
from bot.slack import payloads, sorry
from bot.slack.blocks import actions, button, context, divider, modal, overflow, saying, section, shortened
from bot.slack.challenge.entry import NEW, SUGGEST_ONE
from bot.slack.challenge.run import may_start
from bot.slack.form import FieldError, Form, field, text_box
from bot.slack.message import Block, Message, escape, words_alone
from bot.slack.noun import ALMOST, ZONES, Noun, Outdated, Typed, Verb, no_value
from bot.slack.request import Request
from bot.slack.role import HOW_ROLES_BLEND
from bot.slack.tip.card import card_of
from bot.slack.tip.clicks import SHOW_CHALLENGE, SHOW_TIP
from bot.slack.tip.ref import TipRef

FORM, QUESTION = "ask", "question"
MAX_QUESTION = 500  # letters
ASK_ANEW = "ask-anew"
OPENS = {EntryKind.TIP: SHOW_TIP, EntryKind.CHALLENGE: SHOW_CHALLENGE, EntryKind.BOUNDARY: HOW_ROLES_BLEND}
COACH_THIS = "Coach this"
_SENTENCE_ENDS = re.compile(r"(?<=[.?])\s+(?=[A-Z\"'])")

noun = Noun()


@noun.verb("ask <question>", "Ask in your own words, and I look it up in what I coach.")
async def ask(request: Request, words: str) -> Message | Form:
    """Answer a line in plain words. Where the answer waits in the outbox, none of these words do."""
    if not words:
        return EXAMPLES
    return await answer_to(request, words, await request.hear(coach_ask.look_up, words))


async def answer(request: Request, typed: Typed, line: str) -> Message | Form:
    """Answer what was typed or written: a verb, or plain words, also if they begin like a verb. Raise UserError."""
    if typed == ("ask", line) and line:
        return await _answer_words(request, line)
    try:
        return await _handled(request, typed, typed.words)
    except (*FINAL, NotAdmin):
        raise
    except UserError:
        instead = await _instead(request, typed, line)
        if instead is None:
            raise
    return await answer_to(request, line, instead)


async def _answer_words(request: Request, line: str) -> Message | Form:
    """Answer a line that is no verb. Where it is not known, it may begin with a mistyped verb. Raise UserError."""
    found, nouns = await request.hear(coach_ask.look_up, line), request.nouns
    first, _, words = line.partition(" ")
    is_known = not found.is_unsure
    if is_known and not found.is_sure and not words:  # perhaps one misspelt word that is almost a verb: `audti`
        is_known = nouns.nearest(line, ALMOST) is None or not await request.hear(coach_ask.is_misspelt, line)
    if is_known:
        return await answer_to(request, line, found)
    near = nouns.nearest(line)
    is_written = request.direct is not None and found.is_unsure
    if is_written or (near is None and words) or first.casefold() in nouns.verbs:
        return await answer_to(request, line, found)
    if near is None:
        raise UserError(f"I don't know {quoted(first)}.", sorry.HELP)
    step = NextStep(near.in_short, near.word, words if len(words) <= sorry.MAX_TYPED else "")
    raise UserError(f"I don't know {quoted(first)}. Did you mean *{near.word}*?", step, sorry.HELP)


async def _instead(request: Request, typed: Typed, line: str) -> SearchResult | None:
    """Return what answers a line that only begins like a verb; None if its words are no plain words either."""
    first, _, others = typed.words.partition(" ")
    if not typed.words or (typed.verb == "tips" and first in ZONES):
        return None
    if typed.verb in {"admins", "team"} and (first == "remove" or "<#" in others or "<@" in others):
        return None  # a name may have words of skills
    found = await request.hear(coach_ask.look_up, line)
    if says_nothing(words_alone(typed.words)) and not found.is_sure:  # "show it to my team" is sure
        return None
    if found.topic is not None and found.topic.kind is EntryKind.PERSONAL:
        begins, takes_words, _ = found.topic.title.partition("…")
        was_read_so = f"{typed.verb} {typed.words}".split()[: len(begins.split())] == begins.split()
        return None if was_read_so and (takes_words or not found.is_sure) else found
    if found.is_unsure and first.casefold() in LIGHT:  # "learn about bias"
        found = replace(await request.hear(coach_ask.look_up, typed.words), topic=None)
    return found if others and not found.is_unsure else None


async def answer_to(request: Request, line: str, found: SearchResult) -> Message | Form:
    count_heard(found)
    typed = as_typed(found, line)
    if typed is not None:
        _, _, own = found.topic.title.partition(" ") if found.topic else ("", "", "")  # nothing that a person wrote
        return await _handled(request, typed, "" if "…" in own else own)
    return await from_content(request, line, found)


async def from_content(request: Request, line: str, found: SearchResult) -> Message:
    catalog, record = request.catalog, await request.read(act.Act.read)
    limits = [each for each in (minutes_in(line), record.max_minutes) if each is not None]
    found = coach_ask.within(catalog, found, min(limits, default=None))
    is_open = found.is_unsure and await request.read(practice.open_tip) is not None
    return results(catalog, found, catalog.role_of(record.member.role), is_open=is_open)


async def _handled(request: Request, typed: Typed, kept: str = "") -> Message | Form:
    """In a direct message, put a form, or what others wrote, behind a button that holds the words of `kept`."""
    verb = request.nouns.verbs[typed.verb]
    said = await verb.handler(request, typed.words)
    if verb.word not in sorry.FOR_GUESTS and not request.noted and await request.is_guest():
        raise NotCoached
    if request.direct is not None and (isinstance(said, Form) or said.again is not None):
        return opens(verb, kept)
    return said


def opens(verb: Verb, words: str = "") -> Message:
    """Return a button whose answer is for the person who presses it alone."""
    return saying("Press *Show me*: only you see what comes.", button("Show me", verb.word, words, style="primary"))


def count_heard(found: SearchResult) -> None:
    """Count what was heard, for the operator; not what was written."""
    kind = found.topic.kind if found.topic else "not sure" if found.is_guess or not found.entries else "content"
    HEARD.labels(EntryKind.REPLY if kind is EntryKind.DISTRESS else kind).inc()


def as_typed(found: SearchResult, line: str = "") -> Typed | None:
    """Return what somebody says of themselves as a verb, with their words where it takes any."""
    if found.topic is None or found.topic.kind is not EntryKind.PERSONAL:
        return None
    verb, _, words = found.topic.title.replace("…", found.rest or line).partition(" ")
    return Typed(verb, line if verb == "did" and not words and (found.rest or not found.is_sure) else words)


def results(catalog: Catalog, found: SearchResult, role: Role | None = None, *, is_open: bool = False) -> Message:
    """Answer a line, without repeating it. `role`: the member's own, for a career; `is_open`: they have an open tip."""
    if found.topic is not None:
        reply = next((reply for reply in catalog.replies if reply.slug == found.topic.slug), None)
        if found.topic.kind is EntryKind.NOT_OURS or reply is None:
            return saying(escape(found.topic.title), *_ELSEWHERE)
        said = escape(reply.says)
        if reply.about is ReplyAbout.CAREER and found.entries:
            role = catalog.roles[found.entries[0].slug]
        if reply.about is ReplyAbout.CAREER and role is not None:
            line = f"*{escape(role.name)}* _Was_ {escape(role.before)} · _Now_ {escape(role.after)}"
            said = f"{line}\n{said}" if found.entries else f"{said}\n{line}"  # it comes first where the role was named
        return saying(said, *(button(shown.label, *shown.types.split(" ", 1)) for shown in reply.buttons))
    if found.is_unsure:
        text = "I'm not sure what you mean."
        none = {role.slug for role in catalog.roles.values() if role.catch_all}
        named = (entry for entry in found.entries if entry.slug not in none)
        choices = [(shortened(entry.title), OPENS.get(entry.kind, entry.kind), entry.slug) for entry in named]
        first, *others = choices or [("All skills", "skills", "")]
        row = [button(*first), button(*MY_WEEK)]
        if is_open:
            row, others = [button("Did it", "did"), button(*first)], [*others, MY_WEEK]
        more = [overflow(*others, of="closest")] if others else []
        return Message(text, [section(f"*{text}* Do you want …"), actions(*row, _ANEW, *more)])
    said = "This answers it" if found.is_sure else "This may help"
    return Message(f"{said}: {_told(catalog, found.entries[0])[0]}", list(_rows(catalog, said, found)))


@noun.click(ASK_ANEW, no_value)
async def ask_anew(_request: Request, _: None) -> Form:
    return Form(in_modal("Ask the coach"))


def _rows(catalog: Catalog, said: str, found: SearchResult) -> Iterator[Block]:
    for entry in found.entries:
        title, first_step = _told(catalog, entry)
        shown = f"*{said}: {title}*\n{first_step}" if entry is found.entries[0] else f"Also: {title}"
        yield section(shown, button("Open", OPENS.get(entry.kind, entry.kind), entry.slug))


def _told(catalog: Catalog, entry: Entry) -> tuple[str, str]:
    """Return the title of an entry and what to do first. A role and a theme say what they are about."""
    title = escape(entry.title)
    match entry.kind:
        case EntryKind.ROLE:
            role = catalog.roles[entry.slug]
            return f"{title} → {escape(role.becomes)}", escape(role.after)
        case EntryKind.THEME:
            return title, escape(catalog.themes[entry.slug].in_short)
        case EntryKind.BOUNDARY:
            return title, next(escape(each.intro) for each in catalog.boundaries if each.slug == entry.slug)
        case EntryKind.SKILL:
            step = _beginning(catalog.skills[entry.slug].first_exercise)
        case EntryKind.CHALLENGE:
            title, step = f"{title} · a challenge for a team", _beginning(catalog.challenges[entry.slug].do, least=1)
        case EntryKind.LAB:
            lab = catalog.labs[entry.slug]
            title, step = f"{title} · a lab with invented data, {lab.minutes} minutes", lab.ask
        case _:
            tip = catalog.lessons[entry.slug].tip
            title, step = f"{title} · {tip.minutes} minutes", tip.do[0]
    return title, f"*Start here* {escape(step)}"


def _beginning(text: str, least: int = 10) -> str:
    """Return the first sentences of a text, until they have that many words: "Take one prompt." alone says nothing."""
    said = ""
    for sentence in _SENTENCE_ENDS.split(text):
        said = f"{said} {sentence}".lstrip()
        if len(said.split()) >= least:
            break
    return said


def in_modal(title: str, above: Iterable[Block] = (), below: Iterable[Block] = (), *, form: str = FORM) -> Block:
    """Return a modal in which the coach can be asked, with blocks above and below the field for the question."""
    return modal(title, [*above, _QUESTION_FIELD, *below], form=form, submit="Ask")


@noun.form(FORM, no_value)
async def submit(request: Request, _: None, fields: dict[str, str]) -> Block | Form:
    """Answer a question in the modal where it was asked, which keeps its words. They are stored nowhere."""
    question = fields.get(QUESTION, "").strip()
    if not question:
        raise FieldError(QUESTION, "Ask me in your own words, such as: how do I test a prompt?")
    said = await ask(request, question)
    return said if isinstance(said, Form) else modal_of(said)


def modal_of(said: Message) -> Block:
    """Return the modal with an answer, under the field in which the question was typed and can be changed."""
    below = [dict(block) for block in (said.without_charts or said).blocks]
    for block in below:
        if "elements" in block:
            block["elements"] = [each for each in block["elements"] if each != _ANEW]
    return in_modal("The coach's answer", below=below)


@noun.click(SHOW_TIP, str)
async def show_tip(request: Request, tip_id: str) -> Message:
    """Answer *Open* beside a tip that was found. Raise UserError if it is no longer taught."""
    seen = await request.read(practice.see, tip_id, None)
    tip, most = seen.lesson.tip, seen.record.max_minutes
    ref = TipRef.asked(tip.id, is_small=most is not None and tip.minutes > most)
    return card_of(request.catalog, ref, seen).message()


@noun.click(SHOW_CHALLENGE, str)
async def show_challenge(request: Request, slug: str) -> Message:
    """Answer *Open* beside a challenge that was found. Raise Outdated if it is no longer offered."""
    template = request.catalog.challenges.get(slug)
    if template is None:
        raise Outdated
    text = f"*{escape(template.name)}*\n{escape(template.do)}\n*Done when* {escape(template.done_when)}"
    start = button("Start a challenge", "challenge", NEW) if await may_start(request) else SUGGEST_ONE
    about = button("About this skill", "skill", template.skill)
    who = context(f"For a team, about {template.minutes} minutes each. An admin starts it.")
    return Message(escape(template.name), [section(text), who, actions(start, about)])


@noun.shortcut("coach-this", "message", COACH_THIS, "How this is done with AI: skills and tips that fit the message")
async def coach_this(request: Request, shortcut: payloads.Shortcut) -> Form:
    """Look a message up. No part of it is stored, logged or shown again."""
    words = words_of(shortcut.message)
    if not words:
        return Form(NO_WORDS)
    catalog = request.catalog
    found, record = await request.hear(coach_ask.about, words), await request.read(act.Act.read)
    return Form(coach_this_modal(catalog, coach_ask.within(catalog, found, record.max_minutes)))


def words_of(message: payloads.ShortcutMessage) -> str:
    """Return what a message says: its text, or else those of its blocks and attachments, which may nest deeply."""
    texts, parts = [message.text] if message.text else [], [message.attachments, message.blocks]
    while parts and not message.text:
        part = parts.pop()
        if isinstance(part, dict):
            if isinstance(text := part.get("text"), str):
                texts.append(text)
            parts += reversed(part.values())
        elif isinstance(part, list):
            parts += reversed(part)
    return words_alone("\n".join(texts)).strip()


def coach_this_modal(catalog: Catalog, found: SearchResult) -> Block:
    fits = bool(found.entries) and not found.is_guess
    rows = [*_rows(catalog, "This may help", found)] if fits else [_NOTHING_FITS, _LOOK_AROUND]
    return in_modal(COACH_THIS, [*rows, _NOT_KEPT, divider()])


_ANEW = button("Type it differently", ASK_ANEW)
_BOX = text_box(MAX_QUESTION, example="How do I test a prompt?")
_QUESTION_FIELD = field(QUESTION, "Ask the coach", _BOX, hint="In your own words. Your question is not kept.")

_HOW = (
    "*Ask me in your own words*\nType your question after `/roleshift ask`. I say so when I don't know. It is not kept."
)
_EXAMPLES = actions(
    button("Track token spend", "ask", "track token spend"),
    button("How do I test a prompt?", "ask", "how do I test a prompt"),
    button("All skills", "skills"),
)
EXAMPLES = Message("Ask me in your own words how work changes with AI.", [section(_HOW), _EXAMPLES])
_ELSEWHERE = button("All skills", "skills"), button("My role", "myrole")
_NOTHING_FITS = section("*Nothing that I coach fits this message.* I help with AI at work.")
_NOT_KEPT = context("I keep nothing of that message.")
MY_WEEK = "My week", "menu", ""
_LOOK_AROUND = actions(button("All skills", "skills"), button("All themes", "themes"))

_CLOSED = section(
    "*I found no words in this message.*\nFiles and pictures are closed to me. Say in your own words what it is about."
)
NO_WORDS = in_modal(COACH_THIS, [_CLOSED, _LOOK_AROUND, divider()])
