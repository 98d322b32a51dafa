"""A question in plain words, typed, or asked in a modal; and the shortcut *Coach this*, which looks a message up.

A question about the member is answered as the verb that they could have typed. Any other gets the entry that fits best
with its first step, and two more; or the coach says that it does not know.
"""

import re
from collections.abc import Iterable, Iterator

from bot.coach import ask as coach
from bot.core.catalog import Catalog
from bot.core.next_tip import Reason
from bot.core.questions import MAX_KEPT_LETTERS, Entry, EntryKind, SearchResult
from bot.slack.blocks import actions, button, confirm, context, divider, modal, saying, section
from bot.slack.challenge.list import NEW, SUGGEST_ONE
from bot.slack.challenge.start import may_start
from bot.slack.form import FieldError, Form, Pushed, field, text_box
from bot.slack.message import Block, Message, escape, words_alone
from bot.slack.noun import Noun, Outdated, no_value
from bot.slack.payloads import Shortcut, ShortcutMessage
from bot.slack.request import Request
from bot.slack.talk import Typed
from bot.slack.tip.card import Card
from bot.slack.tip.ref import Origin, TipRef

FORM, QUESTION = "ask", "question"
MAX_QUESTION = 500  # letters
SHOW_TIP, SHOW_CHALLENGE, NOT_ANSWERED = "found-tip", "found-challenge", "not-answered"
COACH_THIS = "Coach this"
_SENTENCE_ENDS = re.compile(r"(?<=[.?])\s+(?=[A-Z\"'])")

noun = Noun()


@noun.verb("ask <question>", "Ask in your own words, and I look it up in what I coach.")
async def ask(request: Request, words: str) -> Message | Form:
    """Answer a question. Where the answer waits in the outbox, none of these words do."""
    if not words:
        return EXAMPLES
    found = coach.look_up(request.catalog, words)
    typed = as_typed(found)
    if typed is not None:
        return await request.nouns.verbs[typed.verb].handler(request, typed.words)
    return results(request.catalog, words, found) if request.direct is None else without_words(request.catalog, found)


def as_typed(found: SearchResult) -> Typed | None:
    """Return what a question about the member would be as a verb. Only a phrase that is known switches anything."""
    if found.topic is None or found.topic.kind is not EntryKind.PERSONAL:
        return None
    verb, _, words = found.topic.title.partition(" ")
    return Typed(verb, words if found.is_sure else "")


def without_words(catalog: Catalog, found: SearchResult) -> Message:
    said = results(catalog, None, found)
    return said if found.topic or found.entries else Message(said.text, [*said.blocks, _MORE])


def results(catalog: Catalog, question: str | None, found: SearchResult) -> Message:
    """Answer a question, without repeating it. Its words are None where they are not known any more."""
    if found.topic is not None:  # not the coach's; its words may be personal, so nobody is asked to keep them
        said = escape(found.topic.title)
        gentle = any(each.gentle for each in catalog.not_ours if each.slug == found.topic.slug)
        return saying(said) if gentle else saying(said, *_ELSEWHERE)
    keep = [] if question is None else [_not_results(question)]
    if not found.entries:
        text = "Sorry, I have no answer to that."
        return Message(text, [section(f"*{text}* I help with AI at work."), actions(*_ELSEWHERE, *keep)])
    said = "This answers it" if found.is_sure else "This may help"
    last = [actions(*keep)] if keep else []
    return Message(f"{said}: {_title(catalog, found.entries[0])}", [*_rows(catalog, said, found), *last])


def _rows(catalog: Catalog, said: str, found: SearchResult) -> Iterator[Block]:
    best, *others = found.entries
    yield section(f"*{said}: {_title(catalog, best)}*\n{_first_step(catalog, best)}", _opens(best))
    for entry in others:
        yield section(f"Also: {_title(catalog, entry)}", _opens(entry))


def _title(catalog: Catalog, entry: Entry) -> str:
    title = escape(entry.title)
    match entry.kind:
        case EntryKind.TIP:
            return f"{title} · {catalog.lessons[entry.slug].tip.minutes} minutes"
        case EntryKind.ROLE:
            return f"{title} → {escape(catalog.roles[entry.slug].becomes)}"
        case EntryKind.CHALLENGE:
            return f"{title} · a challenge for a team"
        case _:
            return title


def _first_step(catalog: Catalog, entry: Entry) -> str:
    """Return what to do first. A role and a theme say what they are about."""
    match entry.kind:
        case EntryKind.ROLE:
            return escape(catalog.roles[entry.slug].after)
        case EntryKind.THEME:
            return escape(catalog.themes[entry.slug].in_short)
        case EntryKind.SKILL:
            step = _beginning(catalog.skills[entry.slug].first_exercise)
        case EntryKind.CHALLENGE:
            step = _beginning(catalog.challenges[entry.slug].do, least=1)
        case _:
            step = catalog.lessons[entry.slug].tip.do[0]
    return f"*Start here* {escape(step)}"


def _beginning(text: str, least: int = 10) -> str:
    """Return the first sentences of a text, until they have that many words: "Take one prompt." alone says nothing."""
    said = ""
    for sentence in _SENTENCE_ENDS.split(text):
        said = f"{said} {sentence}".lstrip()
        if len(said.split()) >= least:
            break
    return said


def _opens(entry: Entry) -> Block:
    names = {EntryKind.TIP: SHOW_TIP, EntryKind.CHALLENGE: SHOW_CHALLENGE}
    return button("Open", names.get(entry.kind, entry.kind.value), entry.slug)


def in_modal(title: str, above: Iterable[Block] = (), below: Iterable[Block] = (), *, form: str = FORM) -> Block:
    """Return a modal in which the coach can be asked, with blocks above and below the field for the question."""
    return modal(title, [*above, _QUESTION_FIELD, *below], form=form, submit="Ask")


@noun.form(FORM, no_value)
async def submit(request: Request, _: None, fields: dict[str, str]) -> Block | Pushed:
    """Answer a question in the modal where it was asked, which keeps its words. They are stored nowhere."""
    question = fields.get(QUESTION, "").strip()
    if not question:
        raise FieldError(QUESTION, "Ask me in your own words, such as: how do I test a prompt?")
    said = await ask(request, question)
    return Pushed(said.view) if isinstance(said, Form) else modal_of(said)


def modal_of(said: Message) -> Block:
    """Return the modal with an answer, under the field in which the question was typed and can be changed."""
    said = said.without_charts or said
    return in_modal("The coach's answer", below=said.blocks)


@noun.click(SHOW_TIP, str)
async def show_tip(request: Request, tip_id: str) -> Message:
    """Answer *Open* beside a tip that was found. Raise Outdated if it is no longer taught."""
    lesson = request.catalog.lessons.get(tip_id)
    if lesson is None:
        raise Outdated
    return Card(request.catalog, lesson, None, TipRef(lesson.tip.id, Reason.ASKED, Origin.NOW)).message()


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


def parse_question(value: str) -> str:
    """Read the words that *Ask my admins* carries. Raise ValueError."""
    if not value.strip() or len(value) > MAX_KEPT_LETTERS:
        raise ValueError
    return value


@noun.click(NOT_ANSWERED, parse_question)
async def keep(request: Request, question: str) -> Message:
    await request.check_member()
    return await request.write_unmet(coach.keep, request.who, question, request.now, then=kept)


def kept(stored: bool) -> Message:  # noqa: FBT001 - the use case's result
    said = "The list of open questions is full, so I did not keep yours. Try again in some weeks."
    if stored:
        said = "Thank you. Your question is on the admins' desk, without your name, for 90 days."
    return saying(said, button("All skills", "skills"), replaces=False)


def _not_results(question: str) -> Block:
    """Return the button that gives the question to the admins. Its words are the value: an id may not be so long."""
    ask_first = confirm(
        "Ask your admins this?",
        "They see your words, not who asked, and may have an answer written. Deleted after 90 days.",
        "Show them my words",
        "No",
    )
    return {**button("Ask my admins", NOT_ANSWERED, confirm=ask_first), "value": question[:MAX_KEPT_LETTERS]}


@noun.shortcut("coach-this", "message", COACH_THIS, "How this is done with AI: skills and tips that fit the message")
async def coach_this(request: Request, shortcut: Shortcut) -> Form:
    """Look a message up. No part of it is stored, logged or shown again."""
    words = words_of(shortcut.message)
    if not words:
        return Form(NO_WORDS)
    return Form(coach_this_modal(request.catalog, coach.about(request.catalog, words)))


def words_of(message: ShortcutMessage) -> str:
    """Return what a message says: its text or, where an app wrote none, the texts of its blocks and attachments."""
    text = message.text or "\n".join(_texts([message.blocks, message.attachments]))
    return words_alone(text).strip()


def _texts(part: object) -> Iterator[str]:
    """Yield every text in a part of a message, without recursion: what is sent may be nested deeply."""
    parts = [part]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if isinstance(text := part.get("text"), str):
                yield text
            parts += reversed(part.values())
        elif isinstance(part, list):
            parts += reversed(part)


def coach_this_modal(catalog: Catalog, found: SearchResult) -> Block:
    rows = list(_rows(catalog, "This may help", found)) if found.entries else [_NOTHING_FITS, _LOOK_AROUND]
    return in_modal(COACH_THIS, [*rows, _NOT_KEPT, divider()])


_MORE = context("Not what you meant? `/roleshift ask` lets you show a question to your admins.")
_QUESTION_FIELD = field(
    QUESTION,
    "Ask the coach",
    text_box(MAX_QUESTION, example="How do I test a prompt?"),
    hint="In your own words. Your question is not kept.",
)

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
_LOOK_AROUND = actions(button("All skills", "skills"), button("All themes", "themes"))

_CLOSED = section(
    "*I found no words in this message.*\nFiles and pictures are closed to me. Say in your own words what it is about."
)
NO_WORDS = in_modal(COACH_THIS, [_CLOSED, _LOOK_AROUND, divider()])
