"""The list of challenges; a member's part in one, from its details to a line about it; and what members suggest."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.coach import act, challenges
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, MAX_LINE, MAX_SUGGESTION, Challenge, ChallengeState, Entry, Suggestion
from bot.core.errors import NextStep, NotCoached, UserError, quoted
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.slack.blocks import actions, button, context, header, menu, modal, overflow, saying, section, shortened, worded
from bot.slack.challenge import form, run
from bot.slack.challenge.card import DETAILS, DID, JOIN, LEAVE, back, my_part, progress, task, time_left
from bot.slack.form import FieldError, Form, Saved, field, text_box
from bot.slack.message import Block, Message, escape, literal
from bot.slack.noun import Noun, no_value, parse_id
from bot.slack.request import Request
from bot.store import entries as entry_rows

UNDO = "undo-challenge"  # a button
LINE, NAMED_LINE = "line", "named-line"  # a button, and the form that it opens
WORDS = "words"  # a field
COUNTED = "The channel sees how many, not who."
NOT_COUNTED = "Challenges count full members only; you are welcome to do it, too."
NEW = "new"  # the word after /roleshift challenge
MAX_SHOWN = 3  # challenges in the list; the menu below it has more
SUGGEST = "suggest-challenge"  # the button and the form that it opens
LOOK, START_IT, REMOVE = "suggestion", "start-suggested", "remove-suggestion"  # buttons
READ = "read what others suggest"  # what only admins may do
SUGGEST_ONE = button("Suggest one to the admins", SUGGEST)
TakePart = Callable[[act.Act, str, challenges.MessageRef], challenges.Taken]

noun = Noun()


@noun.verb(
    "challenge [new]",
    "See the team's challenges and take part; admins start and end them: `challenge new`.",
    also=("challenges",),
)
async def challenge(request: Request, typed: str) -> Message | Form:
    await request.check_member()
    words = typed.casefold()
    if words == NEW:
        await run.check_may_start(request)
        usual = (await request.read(act.Act.read)).here.challenge_channel
        offered = usual if usual and await run.may_start(request, usual) else request.public_channel
        return Form(run.pick_template(request.catalog, offered))
    if words == "suggest":
        return await open_form(request, None)
    if words:
        raise UserError(f"I don't know the challenge {quoted(typed)}.", LIST)
    return await _list(request)


async def _list(request: Request) -> Message:
    is_admin = await request.services.people.seems_admin(request.who)
    found = await request.read(partial(challenges.listing, is_admin=is_admin))
    names_others = any(suggestion.member_id != request.who.member_id for suggestion in found.suggestions)
    said = challenge_list(request.catalog, request.who, request.now, found)
    return replace(said, again=partial(_list, request)) if names_others else said


def challenge_list(catalog: Catalog, who: MemberKey, now: datetime, listing: challenges.Listing) -> Message:
    items, lines = listing.items, []
    for item in items[:MAX_SHOWN]:
        where = f"in <#{item.challenge.channel}>{' (private)' if item.challenge.private else ''}"
        own = item.challenge.started_by == who.member_id
        said = f"{run.status(item.challenge, item.posting, now, own=own)} {my_part(item.entry)}".rstrip()
        lines.append(worded(f"*{escape(item.challenge.title)}* {where}\n{said}"))
    more = [context(f"{len(items) - MAX_SHOWN} more in the menu.")] if len(items) > MAX_SHOWN else []
    choices = ((shortened(item.challenge.title), item.challenge.challenge_id) for item in items)
    to_open = [menu("Open a challenge", DETAILS, choices)] if items else []
    made = listing.suggestions
    if [suggestion.member_id for suggestion in made] == [who.member_id]:
        to_open.append(button("What you suggested", LOOK, made[0].suggestion_id))
    elif made:
        options = [(shortened(_name(catalog, each) or each.words), each.suggestion_id) for each in made]
        to_open.append(menu("Suggested by colleagues", LOOK, options))
    start = button("Start a challenge", "challenge", NEW) if listing.may_start else SUGGEST_ONE
    buttons = actions(*to_open, start)
    shown = lines or [section("No challenge is open.")]
    return Message("Team challenges", [header("Team challenges"), *shown, *more, buttons])


def buttons(challenge: Challenge, entry: Entry | None, *more: Block) -> list[Block]:
    """Return a member's buttons. `entry`: their part. `more` stand before the menu of what takes something back."""
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
    """Answer *Details* and *Open a challenge*. A guest reads them, too."""
    found = await request.read(challenges.look, challenge_id, request.channel)
    if found.challenge.state is ChallengeState.DRAFT:
        await run.check_may_run(request, challenge_id)
    runs = found.may_run or await request.services.people.seems_admin(request.who)
    leads_back = back() if request.clicked is None else back("All challenges")
    return details(request.catalog, found, request.now, leads_back, runs=runs)


def details(
    catalog: Catalog, found: challenges.Details, now: datetime, leads_back: Block, *, runs: bool = False
) -> Message:
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
    return await _take_part(request, challenges.join, challenge_id, partial(joined, now=request.now))


async def _take_part(
    request: Request, use_case: TakePart, challenge_id: str, then: Callable[[challenges.Taken], Message]
) -> Message:
    seen = request.clicked or challenges.MessageRef(request.channel or "")
    try:
        return await request.write(use_case, challenge_id, seen, then=then)
    except NotCoached:
        raise NotCoached(NOT_COUNTED, NextStep("Details", DETAILS, challenge_id)) from None


def joined(taken: challenges.Taken, now: datetime) -> Message:
    left = time_left(taken.challenge, now)
    lead = "You're in" if taken.changed else "You're in already"
    has_done = taken.entry is not None and taken.entry.done_at is not None
    text = "You did it already." if has_done else f"{lead}: {left}. {COUNTED} Press *I did it* once you have."
    return answered(taken, text)


@noun.click(DID, parse_id, on_home=True)
async def did(request: Request, challenge_id: str) -> Message:
    """Answer *I did it*. It is stored at once; a line can follow."""
    return await _take_part(request, challenges.did, challenge_id, done)


def done(taken: challenges.Taken) -> Message:
    """Return the answer to a member who did it. It asks whether they learned the skill, and never assumes it."""
    answer = answered(taken, f"Noted: you did it. {COUNTED}", "You did it already; it counts once.")
    if taken.skill is None:
        return answer
    ask = section(f"It practises *{escape(taken.skill.name)}*. Have you learned that skill?")
    mark = actions(button("Mark it as learned", "learn", taken.skill.slug))
    return Message(answer.text, [*answer.blocks, ask, mark])


UNDONE = "Taken back: you're in, and have not done it.", "It was not done anyway."  # or nothing changed
LEFT = "You're out. What you did and wrote here is deleted.", "You weren't in."


async def _take_back(request: Request, challenge_id: str, *, leaves: bool) -> Message:
    said, take_back = LEFT if leaves else UNDONE, partial(challenges.take_back, leaves=leaves)
    return await request.write(take_back, challenge_id, then=lambda taken: answered(taken, *said))


noun.click(UNDO, parse_id, on_home=True)(partial(_take_back, leaves=False))
noun.click(LEAVE, parse_id, on_home=True)(partial(_take_back, leaves=True))


@noun.click(LINE, parse_id)
async def write_line(request: Request, challenge_id: str) -> Form:
    await request.check_member()
    return Form(line_form(await request.read(challenges.to_write, challenge_id)))


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
    said = "Shared. Thank you." if line.strip() else "Taken back: nothing of yours is shared."
    return await request.write(challenges.write_line, challenge_id, line, then=lambda part: Saved(answered(part, said)))


def line_form(taken: challenges.Taken) -> Block:
    challenge, written = taken.challenge, taken.entry.line if taken.entry else None
    hint = "One line or a link." + (" Empty takes it back." if written else "")
    asked, box = challenge.question or "What did you find?", text_box(MAX_LINE, written)
    line, its_id = field(WORDS, asked, box, hint=hint, optional=written is not None), challenge.challenge_id
    told = context("The recap in the channel may quote it, with your name.")
    return modal("Share what you learned", [line, told], form=NAMED_LINE, metadata=its_id, submit="Share")


def answered(taken: challenges.Taken, changed: str, unchanged: str = "") -> Message:
    """Return what is said, and what they can do now. `unchanged` is said where there was nothing to change."""
    challenge, said = taken.challenge, changed if taken.changed else unchanged or changed
    if challenge.private and taken.entry is None:  # they can take part again only from the message in the channel
        return Message(said, [section(said), context("To take part again, use the message in its channel.")])
    details_button = button("Details", DETAILS, challenge.challenge_id)
    return saying(said, *buttons(challenge, taken.entry, details_button))


# What members suggest.


@noun.click(SUGGEST, no_value)
async def open_form(request: Request, _: None) -> Form:
    await request.check_member()
    return Form(suggestion_form(request.catalog))


def suggestion_form(catalog: Catalog) -> Block:
    blocks = [
        field(run.TEMPLATE, "What should the team try?", form.template_menu(catalog, "Choose one")),
        field(WORDS, "Why, or what exactly?", text_box(MAX_SUGGESTION), hint="One line.", optional=True),
        context("The admins read it with your name in the list of challenges, where you see what becomes of it."),
    ]
    return modal("Suggest a challenge", blocks, form=SUGGEST, submit="Suggest", close="Cancel")


@noun.form(SUGGEST, no_value)
async def save(request: Request, _: None, fields: dict[str, str]) -> Saved:
    chosen, words = form.template_in(fields, run.TEMPLATE, request.catalog), " ".join(fields.get(WORDS, "").split())
    if len(words) > MAX_SUGGESTION or (chosen == form.FREE and not words):
        raise FieldError(WORDS, f"Write one line of at most {MAX_SUGGESTION} letters.")
    template = None if chosen == form.FREE else chosen
    made = Suggestion(secrets.token_hex(8), request.who.member_id, template, words)
    told = Saved(shown(request.catalog, request.who, made))
    return await request.write(challenges.suggest, made, then=lambda _: told)


@noun.click(LOOK, parse_id)
async def look(request: Request, suggestion_id: str) -> Message:
    """Show a suggestion: members can take back their own, and admins start those of others."""
    made = await _find(request, suggestion_id)
    if made.member_id != request.who.member_id:
        await request.check_admin(READ)
    return shown(request.catalog, request.who, made)


def shown(catalog: Catalog, who: MemberKey, suggestion: Suggestion) -> Message:
    name = _name(catalog, suggestion)
    what = f"*{escape(name)}*" if name else "a challenge"
    words = f":\n> {literal(suggestion.words)}" if suggestion.words else "."
    if suggestion.member_id == who.member_id:
        said = f"You suggested {what} to the admins{words}{_BECAME[suggestion.started]}"
        open_it = [button("Open it", DETAILS, suggestion.suggestion_id)] if suggestion.started else []
        label = "Take it back" if suggestion.started is None else "Delete it"
        buttons = [*open_it, button(label, REMOVE, suggestion.suggestion_id)]
    else:
        said = f"<@{suggestion.member_id}> suggests {what}{words}"
        start = button("Start it", START_IT, suggestion.suggestion_id, style="primary")
        buttons = [start, button("Dismiss", REMOVE, suggestion.suggestion_id)]
    return Message("A suggestion", [worded(said), actions(*buttons, back())])


_BECAME = {None: "", True: "\n*They started it.*", False: "\nThey read it, and don't start it now."}


def settled(challenge_id: str = "") -> Message:
    if challenge_id:
        return saying("The admins started the challenge that you suggested.", button("Details", DETAILS, challenge_id))
    said = "The admins read the challenge that you suggested, and don't start it now. Thank you for it."
    return saying(said, button("Suggest another one", SUGGEST))


async def _find(request: Request, suggestion_id: str) -> Suggestion:
    made = await request.store.read(entry_rows.find_suggestion, request.who.workspace_id, suggestion_id)
    if made is None or (made.started is not None and made.member_id != request.who.member_id):
        raise UserError("That suggestion is gone.", LIST)
    return made


def _name(catalog: Catalog, suggestion: Suggestion) -> str:
    template = catalog.challenges.get(suggestion.template or "")
    return template.name if template else ""


@noun.click(START_IT, parse_id)
async def start_it(request: Request, suggestion_id: str) -> Form:
    """Answer *Start it*: open the form of a challenge. Its post removes the suggestion, which has the same id."""
    await request.check_admin(READ)
    made = await _find(request, suggestion_id)
    template = request.catalog.challenges.get(made.template or "")
    return Form(await run.write_new(request, template, None, suggestion_id, made.words))


@noun.click(REMOVE, parse_id)
async def remove(request: Request, suggestion_id: str) -> Message:
    """Answer *Take it back* and *Dismiss*. If it is dismissed, the member who suggested it is told."""
    made = await request.store.read(entry_rows.find_suggestion, request.who.workspace_id, suggestion_id)
    if made is not None and made.member_id != request.who.member_id:
        await request.check_admin(READ)
        return await request.write(partial(challenges.settle, started=False), suggestion_id, then=lambda _: DISMISSED)
    await request.store.write(entry_rows.remove_suggestion, request.who.workspace_id, suggestion_id)
    return REMOVED


REMOVED = saying("The suggestion is deleted.", back())
DISMISSED = saying("Dismissed. I tell the person who suggested it.", back())
