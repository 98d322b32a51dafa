"""A question in plain words, typed, or asked in a modal; and the shortcut *Coach this*, which looks a message up.

The answer is what answers it, the closest entries, or an honest no.
"""

import asyncio
from collections.abc import Iterable, Iterator

from bot.coach import ask as coach
from bot.core.catalog import Catalog
from bot.core.nudges import Reason
from bot.core.questions import MAX_KEPT_LETTERS, Degree, Entry, EntryKind, SearchResult
from bot.slack.blocks import actions, button, confirm, context, divider, field, modal, plain, section
from bot.slack.challenge.list import NEW
from bot.slack.form import FieldError, Form
from bot.slack.message import Block, Message, Rendered, escape, words_alone
from bot.slack.noun import Noun, Outdated, no_value
from bot.slack.payloads import Shortcut, ShortcutMessage
from bot.slack.request import Request
from bot.slack.tip.card import Card
from bot.slack.tip.ref import Origin, TipRef

FORM, QUESTION = "ask", "question"
MAX_QUESTION = 500  # letters
SHOW_TIP, SHOW_CHALLENGE, NOT_ANSWERED = "found-tip", "found-challenge", "not-answered"
COACH_THIS = "Coach this"

noun = Noun()


@noun.verb("ask <question>", "Ask in your own words, and I look it up in what I coach.")
async def ask(request: Request, words: str) -> Message:
    """Answer a question. Where the answer waits in the outbox, none of these words do."""
    if not words:
        return EXAMPLES
    if request.direct is not None:
        return await without_words(request, words)
    return results(request.catalog, words, await find(request, words))


async def find(request: Request, question: str) -> SearchResult:
    """Look a question up."""
    return await asyncio.to_thread(coach.look_up, request.catalog, question)


async def without_words(request: Request, question: str) -> Message:
    """Answer a question with no button that holds its words."""
    found = await find(request, question)
    said = results(request.catalog, None, found)
    return said if found.not_ours else Message(said.text, [*said.blocks, _MORE])


def results(catalog: Catalog, question: str | None, found: SearchResult) -> Message:
    """Answer a question, without repeating it. Its words are None where they are not known any more."""
    if found.degree is Degree.UNKNOWN:
        return _unknown(catalog, question, found)
    rows = [row(catalog, entry) for entry in found.entries]
    if found.degree is Degree.CLOSEST:
        said = "I have no sure answer. This is the closest I have."
        return Message(said, [section(f"*{said}*"), *rows, *_keep(question)])
    said = f"This answers it: {escape(found.entries[0].title)}"
    others = [context("Close to it:"), *rows[1:]] if rows[1:] else []
    return Message(said, [section("*This answers it*"), rows[0], *others, *_keep(question)])


def _unknown(catalog: Catalog, question: str | None, found: SearchResult) -> Message:
    said = "I don't know that."
    whose = f" {escape(found.not_ours.title)}" if found.not_ours else ""
    topics = ", ".join(escape(theme.name) for theme in catalog.themes.values())
    text = f"*{said}*{whose}\nI coach how work changes with AI. My topics are: {topics}."
    # What belongs to others may be personal, and authors could not answer it anyway.
    keep = [] if found.not_ours or question is None else [_not_results(question)]
    buttons = actions(
        button("All skills", "skills"), button("All themes", "themes"), button("My role", "myrole"), *keep
    )
    return Message(f"{said}{whose}", [section(text), buttons])


def _keep(question: str | None) -> list[Block]:
    return [] if question is None else [actions(_not_results(question))]


def row(catalog: Catalog, entry: Entry) -> Block:
    """Return what was found in short, with a button that opens it."""
    match entry.kind:
        case EntryKind.SKILL:
            skill = catalog.skills[entry.slug]
            return _entry("Skill", skill.name, skill.why, button("Open", "skill", skill.slug))
        case EntryKind.ROLE:
            role = catalog.roles[entry.slug]
            return _entry("Role", f"{role.name} → {role.becomes}", role.after, button("Open", "role", role.slug))
        case EntryKind.THEME:
            theme = catalog.themes[entry.slug]
            return _entry("Theme", theme.name, theme.in_short, button("Open", "theme", theme.slug))
        case EntryKind.CHALLENGE:
            template = catalog.challenges[entry.slug]
            about = f"For a team, about {template.minutes} minutes each."
            return _entry("Challenge", template.name, about, button("Open", SHOW_CHALLENGE, template.slug))
        case _:
            lesson = catalog.lessons[entry.slug]
            about = f"For {lesson.skill.name}, about {lesson.tip.minutes} minutes."
            return _entry("Tip", lesson.tip.title, about, button("Open", SHOW_TIP, lesson.tip.id))


def _entry(kind: str, title: str, about: str, opens: Block) -> Block:
    return section(f"{kind}: *{escape(title)}*\n{escape(about)}", opens)


def in_modal(title: str, blocks: Iterable[Block], *, form: str = FORM) -> Block:
    """Return a modal in which the coach can be asked, under other blocks."""
    return modal(title, [*blocks, divider(), _QUESTION_FIELD], form=form, submit="Ask", close="Close")


@noun.form(FORM, no_value)
async def submit(request: Request, _: None, fields: dict[str, str]) -> Block:
    """Answer a question in the modal where it was asked, which keeps its words. They are stored nowhere."""
    question = fields.get(QUESTION, "").strip()
    if not question:
        raise FieldError(QUESTION, "Ask me in your own words, such as: how do I test a prompt?")
    return modal_of(results(request.catalog, question, await find(request, question)))


def modal_of(said: Message) -> Block:
    """Return the modal with an answer, under the field in which the question was typed and can be changed."""
    return modal("The coach's answer", [_QUESTION_FIELD, *said.blocks], form=FORM, submit="Ask", close="Close")


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
    start, about = button("Start a challenge", "challenge", NEW), button("About this skill", "skill", template.skill)
    who = context(f"For a team, about {template.minutes} minutes each. An admin starts it.")
    return Message(escape(template.name), [section(text), who, actions(start, about)])


def parse_question(value: str) -> str:
    """Read the words that *Not answered?* carries. Raise ValueError."""
    if not value.strip() or len(value) > MAX_KEPT_LETTERS:
        raise ValueError
    return value


@noun.click(NOT_ANSWERED, parse_question)
async def keep(request: Request, question: str) -> Message:
    """Answer *Not answered?*, once it is confirmed."""
    await request.check_member()
    return await request.write_unmet(coach.keep, request.who, question, request.now, then=kept)


def kept(stored: bool) -> Message:  # noqa: FBT001 - the verb's result
    """Return the answer to *Not answered?*."""
    said = (
        "Thank you. Your question is on the admins' desk, without your name, for 90 days."
        if stored
        else "The list of open questions is full, so I did not keep yours. Try again in some weeks."
    )
    return Message(said, [section(said), actions(button("All skills", "skills"))], replaces=False)


def _not_results(question: str) -> Block:
    """Return the button that gives the question to the admins. Its words are the value: an id may not be so long."""
    ask_first = confirm(
        "Show it to your admins?",
        "They see your words, not who asked, and may have an answer written. Deleted after 90 days.",
        "Show them my words",
        "No",
    )
    return {**button("Not answered?", NOT_ANSWERED, confirm=ask_first), "value": question[:MAX_KEPT_LETTERS]}


@noun.shortcut("coach-this", "message", COACH_THIS, "How this is done with AI: skills and tips that fit the message")
async def coach_this(request: Request, shortcut: Shortcut) -> Form:
    """Look a message up. No part of it is stored, logged or shown again."""
    words = words_of(shortcut.message)
    if not words:
        return Form(NO_WORDS)
    return Form(coach_this_modal(request.catalog, await asyncio.to_thread(coach.about, request.catalog, words)))


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
    return in_modal(COACH_THIS, _fitting(catalog, found) if found.entries else _nothing_fits(catalog))


def _fitting(catalog: Catalog, found: SearchResult) -> Iterator[Block]:
    yield _HOW
    closest, *others = found.entries
    yield _in_full(catalog, closest)
    yield from (row(catalog, entry) for entry in others)
    yield _NOT_KEPT


def _in_full(catalog: Catalog, entry: Entry) -> Block:
    if entry.kind is EntryKind.SKILL:
        skill = catalog.skills[entry.slug]
        said = f"Skill: *{escape(skill.name)}*\n{escape(skill.why)}\n*Start here* {escape(skill.first_exercise)}"
        return section(said, button("Open", "skill", skill.slug))
    tip = catalog.lessons[entry.slug].tip
    task = f"{escape(tip.instructions)}\n*Done when* {escape(tip.done_when)}"
    said = f"Tip: *{escape(tip.title)}* · {tip.minutes} minutes\n{task}"
    return section(said, button("Open", SHOW_TIP, tip.id))


def _nothing_fits(catalog: Catalog) -> Iterator[Block]:
    topics = ", ".join(escape(theme.name) for theme in catalog.themes.values())
    yield section(f"*Nothing that I coach fits this message.*\nMy topics are: {topics}.")
    yield _LOOK_AROUND
    yield _NOT_KEPT


_MORE = Rendered(context("Not what you meant? `/roleshift ask` lets you show a question to your admins."))
_QUESTION_FIELD = Rendered(
    field(
        QUESTION,
        "Ask the coach",
        {
            "type": "plain_text_input",
            "max_length": MAX_QUESTION,
            "placeholder": plain("How do I test a prompt?"),
        },
        hint="In your own words, about work with AI. Your question is not kept.",
    )
)

EXAMPLES = Message(
    "Ask me in your own words how work changes with AI.",
    [
        Rendered(
            section(
                "*Ask me in your own words*\nType `/roleshift ask` and your question. I look it up in what I coach, "
                "and say so when I don't know. Your question is not kept."
            )
        ),
        Rendered(
            actions(
                button("Track token spend", "ask", "track token spend"),
                button("How do I test a prompt?", "ask", "how do I test a prompt"),
                button("All skills", "skills"),
            )
        ),
    ],
)
_HOW = Rendered(section("*How this is done with AI*\nOf what I coach, this is closest to the message."))
_NOT_KEPT = Rendered(context("I only looked the message up. Nothing of it is kept."))
_LOOK_AROUND = Rendered(actions(button("All skills", "skills"), button("All themes", "themes")))

NO_WORDS = in_modal(
    COACH_THIS,
    [
        section(
            "*I found no words in this message.*\nFiles and pictures are closed to me. Say in your own words what it "
            "is about."
        ),
        _LOOK_AROUND,
    ],
)
