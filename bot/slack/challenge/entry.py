"""A member's part in a challenge: its details, I'm in, I did it, undo, I'm out, a line; and the recap's quotes."""

from datetime import datetime
from functools import partial

from bot.coach import challenges, entries
from bot.coach.challenges import Lines
from bot.coach.entries import OrganiserLines, Taken
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, MAX_LINE, MAX_QUOTES, Challenge, ChallengeState, Entry, Sharing
from bot.slack.blocks import actions, button, context, field, modal, option, overflow, plain, section, worded
from bot.slack.challenge.card import DETAILS, DID, JOIN, LEAVE, details_button, parse_id, task, time_left
from bot.slack.challenge.start import check_may_run, check_may_start
from bot.slack.form import FieldError, Form, Saved
from bot.slack.message import Block, Message, escape, literal
from bot.slack.noun import Noun
from bot.slack.request import Request

UNDO, ORGANISER_LINES = "undo", "organiser-lines"  # buttons
LINE, PICK_LINES = "line", "pick-lines"  # buttons, and the forms that they open
WORDS, SHARING = "words", "sharing"  # the fields of the form of a line
CHOSEN = "chosen"  # the field of the form of the quotes
MAX_OPTION = 75  # characters that Slack takes in an option of a menu
SHARED = {
    Sharing.NAMED: "With my name",
    Sharing.UNNAMED: "Anonymously",
    Sharing.PRIVATE: "Only for the organiser",
}
_WHO_READS = (
    "The recap may quote up to five lines, or the first three with a name if nobody chooses them. A line for the "
    "organiser is never quoted: only the member who started the challenge reads it, with your name."
)
CHOOSE_QUOTES = (
    "It ends in less than a day, and you have chosen no quotes. Unless you do, its recap quotes the first lines "
    "shared by name, three at most."
)

noun = Noun()


def buttons(challenge: Challenge, entry: Entry | None, *more: Block) -> list[Block]:
    """Return the buttons for what a member can do now. `entry` is theirs; None: they take no part.

    `more` stand before the menu of what takes something back.
    """
    challenge_id = challenge.challenge_id
    out = ("I'm out", LEAVE, challenge_id)
    if entry is None:
        join = button("I'm in", JOIN, challenge_id, style="primary")
        return [join, button("I did it", DID, challenge_id), *more]
    if entry.done_at is None:
        did_it = button("I did it", DID, challenge_id, style="primary")
        return [did_it, *more, overflow(out, of=challenge_id)]
    label = "Change what I shared" if entry.line else "Share what you learned"
    share = [button(label, LINE, challenge_id)] if challenge.question else []
    return [*share, *more, overflow(("Not done after all", UNDO, challenge_id), out, of=challenge_id)]


def back(label: str = "Back") -> Block:
    """Return the button that leads to the list of challenges."""
    return button(label, LIST.verb)


def organiser_button(challenge: Challenge) -> Block:
    """Return the button that shows the organiser the lines that only they may read."""
    return button("Lines only for me", ORGANISER_LINES, challenge.challenge_id)


def my_part(entry: Entry | None) -> str:
    """Return how a member takes part, in words; nothing if they take no part."""
    if entry is None:
        return ""
    return "You did it." if entry.done_at else "You're in."


@noun.click(DETAILS, parse_id)
async def show_details(request: Request, challenge_id: str) -> Message:
    """Answer *Details*."""
    await request.check_member()
    taken = await request.find(entries.look, request.who, challenge_id, request.channel)
    if taken.challenge.state is ChallengeState.DRAFT:
        await check_may_start(request)
    organises = taken.challenge.started_by == request.who.member_id
    leads_back = back() if request.clicked is None else back("All challenges")
    return details(request.catalog, taken, request.now, leads_back, organises=organises)


def details(catalog: Catalog, taken: Taken, now: datetime, leads_back: Block, *, organises: bool = False) -> Message:
    """Return all about a challenge, for one member. `organises`: they started it."""
    challenge = taken.challenge
    skill = catalog.skills.get(challenge.skill or "")
    about = [f"It practises *{escape(skill.name)}*. {escape(skill.why)}"] if skill else []
    by = [f"By <@{challenge.started_by}>."] if challenge.started_by else []
    title = escape(challenge.title)
    blocks = [*task(challenge, title), context(" ".join([*about, *by]) or "For the whole team.")]
    for_organiser_ = [organiser_button(challenge)] if organises else []
    if not challenge.is_on(now):
        return Message(title, [*blocks, section("Not open now."), actions(*for_organiser_, leads_back)])
    row = actions(*buttons(challenge, taken.entry, *for_organiser_, leads_back))
    return Message(title, [*blocks, *([section(my_part(taken.entry))] if taken.entry else []), row])


@noun.click(JOIN, parse_id, on_home=True)
async def join(request: Request, challenge_id: str) -> Message:
    """Answer *I'm in*."""
    who, now, clicked, channel = request.who, request.now, request.clicked, request.channel
    return await request.write(entries.join, who, challenge_id, now, clicked, channel, then=partial(joined, now=now))


def joined(taken: Taken, now: datetime) -> Message:
    """Return the answer to a member who takes part."""
    left = time_left(taken.challenge, now)
    lead = "You're in" if taken.changed else "You're in already"
    has_done = taken.entry is not None and taken.entry.done_at is not None
    text = "You did it already." if has_done else f"{lead}: {left}. Press *I did it* once you have."
    return _with_buttons(taken, text)


@noun.click(DID, parse_id, on_home=True)
async def did(request: Request, challenge_id: str) -> Message:
    """Answer *I did it*. It is stored at once; a line can follow."""
    catalog, who, now, clicked, channel = request.catalog, request.who, request.now, request.clicked, request.channel
    return await request.write(entries.did, catalog, who, challenge_id, now, clicked, channel, then=done)


def done(taken: Taken) -> Message:
    """Return the answer to a member who did it. It asks whether they learned the skill, and never assumes it."""
    answer = _with_buttons(taken, "Noted: you did it." if taken.changed else "You did it already; it counts once.")
    if taken.skill is None:
        return answer
    ask = section(f"It practises *{escape(taken.skill.name)}*. Have you learned that skill?")
    mark = actions(button("Mark it as learned", "learn", taken.skill.slug))
    return Message(answer.text, [*answer.blocks, ask, mark])


@noun.click(UNDO, parse_id, on_home=True)
async def undo(request: Request, challenge_id: str) -> Message:
    """Answer *Not done after all*."""
    return await request.write(entries.undo, request.who, challenge_id, request.now, then=undone)


def undone(taken: Taken) -> Message:
    """Return the answer to a member who took *I did it* back."""
    changed = "Taken back: you're in, and have not done it."
    return _with_buttons(taken, changed if taken.changed else "It was not done anyway.")


@noun.click(LEAVE, parse_id, on_home=True)
async def leave(request: Request, challenge_id: str) -> Message:
    """Answer *I'm out*."""
    return await request.write(entries.leave, request.who, challenge_id, request.now, then=left)


def left(taken: Taken) -> Message:
    """Return the answer to a member who no longer takes part."""
    gone = "You're out. What you did and wrote here is deleted"
    gone += ", except a line in the thread." if taken.challenge.shows_entries else "."
    return _with_buttons(taken, gone if taken.changed else "You weren't in.")


@noun.click(LINE, parse_id)
async def write_line(request: Request, challenge_id: str) -> Form:
    """Answer *Share what you learned*."""
    await request.check_member()
    return Form(line_form(await request.find(entries.to_write, request.who, challenge_id, request.now)))


@noun.form(LINE, parse_id)
async def save_line(request: Request, challenge_id: str, fields: dict[str, str]) -> Saved:
    """Keep the line, or delete it if the field is empty. Raise FieldError for what is wrong in the form."""
    await request.check_member()
    line, sharing = fields.get(WORDS, ""), fields.get(SHARING, "")
    before = await request.find(entries.look, request.who, challenge_id)
    if not line.strip() and not (before.entry and before.entry.line):
        raise FieldError(WORDS, "Write one line, or close this.")
    if len(line) > MAX_LINE:
        raise FieldError(WORDS, f"{MAX_LINE} letters at most.")
    if sharing not in set(Sharing):
        raise FieldError(SHARING, "Choose how it should appear.")
    return await request.write(
        entries.write_line, request.who, challenge_id, line, Sharing(sharing), request.now, then=kept
    )


def line_form(taken: Taken) -> Block:
    entry = taken.entry
    written = entry.line if entry else None
    words: Block = {"type": "plain_text_input", "multiline": False, "max_length": MAX_LINE}
    options = {sharing: option(label, sharing.value) for sharing, label in SHARED.items()}
    readers: Block = {"type": "radio_buttons", "options": list(options.values())}
    if entry and entry.sharing:  # nothing is chosen for them that would publish their name
        readers["initial_option"] = options[entry.sharing]
    shown = " A line with your name appears in the thread, and stays there." if taken.challenge.shows_entries else ""
    blocks = [
        field(
            WORDS,
            taken.challenge.question or "What did you find?",
            {**words, "initial_value": written} if written else words,
            hint="One line or a link." + (" Empty takes it back." if written else ""),
            optional=written is not None,
        ),
        field(SHARING, "How should it appear?", readers),
        context(f"{_WHO_READS}{shown}"),
    ]
    return modal(
        "Share what you learned",
        blocks,
        form=LINE,
        metadata=taken.challenge.challenge_id,
        submit="Share",
        close="Close",
    )


def kept(taken: Taken) -> Saved:
    said = "Shared. Thank you." if taken.entry and taken.entry.line else "Taken back: nothing of yours is shared."
    return Saved(_with_buttons(taken, said))


@noun.click(ORGANISER_LINES, parse_id)
async def show_organiser_lines(request: Request, challenge_id: str) -> Form:
    """Answer *Lines only for me*."""
    await request.check_member()
    return Form(for_organiser(await request.find(entries.lines_for_organiser, request.who, challenge_id)))


def for_organiser(found: OrganiserLines) -> Block:
    """Return the lines that only the organiser reads."""
    lines = [worded(f"<@{entry.who.member_id}>: {literal(entry.line or '')}") for entry in found.entries]
    said = "Only you read these. The newest come first." if lines else "Nobody wrote a line for you alone yet."
    title = f"*{escape(found.challenge.title)}*"
    blocks = [worded(title), context(said), *lines]
    return modal("Lines only for you", blocks, close="Close")


def pick_button(challenge: Challenge) -> Block:
    return button("Choose quotes", PICK_LINES, challenge.challenge_id)


def quotes_reminder(challenge: Challenge) -> list[Block]:
    """Return the reminder for the organiser to choose the recap's quotes."""
    return [section(CHOOSE_QUOTES), actions(pick_button(challenge))]


@noun.click(PICK_LINES, parse_id)
async def pick_lines(request: Request, challenge_id: str) -> Form:
    """Answer *Choose quotes*."""
    await check_may_run(request, challenge_id)
    return Form(quotes_form(await request.find(challenges.lines, request.who, challenge_id)))


@noun.form(PICK_LINES, parse_id)
async def save_quotes(request: Request, challenge_id: str, fields: dict[str, str]) -> Saved:
    """Keep the chosen lines for the recap."""
    await check_may_run(request, challenge_id)
    chosen = fields.get(CHOSEN, "").split()
    return await request.write(challenges.pick, request.who, challenge_id, chosen, request.now, then=picked)


def quotes_form(found: Lines) -> Block:
    options = {entry.entry_id: option(_short(entry), entry.entry_id) for entry in found.entries}
    chosen = [options[entry.entry_id] for entry in found.entries if entry.picked]
    element: Block = {
        "type": "multi_static_select",
        "options": list(options.values()),
        "max_selected_items": MAX_QUOTES,
        "placeholder": plain("Choose lines"),
    }
    blocks = [
        worded(f"*{escape(found.challenge.title)}*\nUp to five. Only lines that their writers let be quoted."),
        field(CHOSEN, "Lines", {**element, "initial_options": chosen} if chosen else element, optional=True),
    ]
    return modal(
        "Choose quotes",
        blocks,
        form=PICK_LINES,
        metadata=found.challenge.challenge_id,
        submit="Quote these",
        close="Close",
    )


def picked(challenge: Challenge) -> Saved:
    text = f"Noted for the recap of *{escape(challenge.title)}*."
    return Saved(Message(text, [worded(text), actions(pick_button(challenge), back())]))


def _with_buttons(taken: Taken, said: str) -> Message:
    challenge = taken.challenge
    remind = quotes_reminder(challenge) if taken.quotes_wanted else []
    if challenge.private and taken.entry is None:  # they can take part again only from the message in the channel
        return Message(said, [section(said), context("To take part again, use the message in its channel."), *remind])
    row = actions(*buttons(challenge, taken.entry, details_button(challenge)))
    return Message(said, [section(said), row, *remind])


def _short(entry: Entry) -> str:
    words = f"{entry.line}" + (" (no name)" if entry.sharing is Sharing.UNNAMED else "")
    return words if len(words) <= MAX_OPTION else f"{words[: MAX_OPTION - 1]}…"
