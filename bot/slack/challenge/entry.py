"""A member's part in a challenge: its details, I'm in, I did it, undo, I'm out, and a line about it."""

from datetime import datetime
from functools import partial

from bot.coach import challenges, entries
from bot.coach.challenges import Details
from bot.coach.entries import MessageRef, Taken
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_LINE, Challenge, ChallengeState, Entry
from bot.core.outbox import DeliveryState
from bot.slack.blocks import actions, button, context, modal, overflow, saying, section, worded
from bot.slack.challenge import run
from bot.slack.challenge.card import DETAILS, DID, JOIN, LEAVE, back, my_part, progress, task, time_left
from bot.slack.form import FieldError, Form, Saved, field, text_box
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.store import entries as entry_rows

UNDO = "undo-challenge"  # a button
LINE, NAMED_LINE = "line", "named-line"  # a button, and the form that it opens
WORDS = "words"  # its field
COUNTED = "The channel sees how many, not who."

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


@noun.click(DETAILS, parse_id)
async def show_details(request: Request, challenge_id: str) -> Message:
    """Answer *Details* and *Open a challenge*."""
    await request.check_member()
    found = await request.read(challenges.look, challenge_id, request.channel)
    if found.challenge.state is ChallengeState.DRAFT:
        await run.check_may_run(request, challenge_id)
    runs = found.may_run or await request.services.people.seems_admin(request.who)
    leads_back = back() if request.clicked is None else back("All challenges")
    return details(request.catalog, found, request.now, leads_back, runs=runs)


def details(catalog: Catalog, found: Details, now: datetime, leads_back: Block, *, runs: bool = False) -> Message:
    """Return all about a challenge, for one member. `runs`: they may end it."""
    challenge, title = found.challenge, escape(found.challenge.title)
    skill = catalog.skills.get(challenge.skill or "")
    about = [f"It practises *{escape(skill.name)}*."] if skill else []
    by = f"By <@{challenge.started_by}> in" if challenge.started_by else "In"
    told = context(" ".join([*about, f"{by} <#{challenge.channel}>."]))
    said = progress(found.standing) if challenge.is_on(now) else ""
    if challenge.state is ChallengeState.DRAFT and found.posting is DeliveryState.REFUSED:
        said = run.fix(challenge, found.reason)
    said = f"{said} {my_part(found.entry)}".strip()
    to_run = run.buttons(found) if runs or found.own else []
    rows = [buttons(challenge, found.entry, leads_back), to_run] if challenge.is_on(now) else [[*to_run, leads_back]]
    state = run.status(challenge, found.posting, now, own=found.own)
    blocks = [*task(challenge, title, f"\n{state}"), told, *([worded(said)] if said else [])]
    return Message(title, [*blocks, *(actions(*row) for row in rows if row)])


@noun.click(JOIN, parse_id, on_home=True)
async def join(request: Request, challenge_id: str) -> Message:
    seen = request.clicked or MessageRef(request.channel or "")
    return await request.write(entries.join, challenge_id, seen, then=partial(joined, now=request.now))


def joined(taken: Taken, now: datetime) -> Message:
    left = time_left(taken.challenge, now)
    lead = "You're in" if taken.changed else "You're in already"
    has_done = taken.entry is not None and taken.entry.done_at is not None
    text = "You did it already." if has_done else f"{lead}: {left}. {COUNTED} Press *I did it* once you have."
    return answered(taken, text)


@noun.click(DID, parse_id, on_home=True)
async def did(request: Request, challenge_id: str) -> Message:
    """Answer *I did it*. It is stored at once; a line can follow."""
    seen = request.clicked or MessageRef(request.channel or "")
    return await request.write(entries.did, challenge_id, seen, then=done)


def done(taken: Taken) -> Message:
    """Return the answer to a member who did it. It asks whether they learned the skill, and never assumes it."""
    answer = answered(taken, f"Noted: you did it. {COUNTED}", "You did it already; it counts once.")
    if taken.skill is None:
        return answer
    ask = section(f"It practises *{escape(taken.skill.name)}*. Have you learned that skill?")
    mark = actions(button("Mark it as learned", "learn", taken.skill.slug))
    return Message(answer.text, [*answer.blocks, ask, mark])


UNDONE = "Taken back: you're in, and have not done it.", "It was not done anyway."  # or nothing changed
LEFT = "You're out. What you did and wrote here is deleted.", "You weren't in."


@noun.click(UNDO, parse_id, on_home=True)
async def undo(request: Request, challenge_id: str) -> Message:
    """Answer *Not done after all*."""
    return await request.write(entries.undo, challenge_id, then=lambda taken: answered(taken, *UNDONE))


@noun.click(LEAVE, parse_id, on_home=True)
async def leave(request: Request, challenge_id: str) -> Message:
    return await request.write(entries.leave, challenge_id, then=lambda taken: answered(taken, *LEFT))


@noun.click(LINE, parse_id)
async def write_line(request: Request, challenge_id: str) -> Form:
    """Answer *Share what you learned*."""
    await request.check_member()
    return Form(line_form(await request.read(entries.to_write, challenge_id)))


@noun.form(NAMED_LINE, parse_id)
async def save_line(request: Request, challenge_id: str, fields: dict[str, str]) -> Saved:
    """Keep the line, or delete it if the field is empty. Raise FieldError for what is wrong in the form."""
    await request.check_member()
    line = fields.get(WORDS, "")
    before = await request.store.read(entry_rows.find, request.who, challenge_id)
    if not line.strip() and not (before and before.line):
        raise FieldError(WORDS, "Write one line, or close this.")
    if len(line) > MAX_LINE:
        raise FieldError(WORDS, f"{MAX_LINE} letters at most.")
    return await request.write(entries.write_line, challenge_id, line, then=kept)


def line_form(taken: Taken) -> Block:
    written = taken.entry.line if taken.entry else None
    hint = "One line or a link." + (" Empty takes it back." if written else "")
    asked, box = taken.challenge.question or "What did you find?", text_box(MAX_LINE, written)
    blocks = [
        field(WORDS, asked, box, hint=hint, optional=written is not None),
        context("The recap in the channel may quote it, with your name."),
    ]
    return modal(
        "Share what you learned", blocks, form=NAMED_LINE, metadata=taken.challenge.challenge_id, submit="Share"
    )


def kept(taken: Taken) -> Saved:
    said = "Shared. Thank you." if taken.entry and taken.entry.line else "Taken back: nothing of yours is shared."
    return Saved(answered(taken, said))


def answered(taken: Taken, changed: str, unchanged: str = "") -> Message:
    """Return what is said, and what they can do now. `unchanged` is said where there was nothing to change."""
    challenge, said = taken.challenge, changed if taken.changed else unchanged or changed
    if challenge.private and taken.entry is None:  # they can take part again only from the message in the channel
        return Message(said, [section(said), context("To take part again, use the message in its channel.")])
    details_button = button("Details", DETAILS, challenge.challenge_id)
    return saying(said, *buttons(challenge, taken.entry, details_button))
