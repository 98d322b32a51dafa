"""The verb `challenge`: the list of challenges, from which each is opened; and what members suggest to the admins."""

import secrets
from dataclasses import replace
from functools import partial

from bot.coach import challenges
from bot.coach.challenges import Listing
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, MAX_SUGGESTION, Suggestion
from bot.core.errors import UserError, quoted
from bot.core.member import MemberKey
from bot.slack.blocks import actions, button, context, header, menu, modal, saying, section, shortened, worded
from bot.slack.challenge.card import DETAILS, back, my_part
from bot.slack.challenge.form import FREE, template_menu
from bot.slack.challenge.run import TEMPLATE, check_may_start, pick_template, status, write_new
from bot.slack.form import FieldError, Form, Saved, field, text_box
from bot.slack.message import Block, Message, escape, literal
from bot.slack.noun import Noun, no_value, parse_id
from bot.slack.request import Request
from bot.store import entries

NEW = "new"  # the word after /roleshift challenge
MAX_SHOWN = 3  # challenges in the list; the menu below it has more
SUGGEST, WORDS = "suggest-challenge", "words"  # the button and the form that it opens; a field
LOOK, START_IT, REMOVE = "suggestion", "start-suggested", "remove-suggestion"  # buttons
READ = "read what others suggest"  # what only admins may do
SUGGEST_ONE = button("Suggest one to the admins", SUGGEST)

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
        await check_may_start(request)
        return Form(pick_template(request.catalog, request.public_channel))
    if words == "suggest":
        return await open_form(request, None)
    if words:
        raise UserError(f"I don't know the challenge {quoted(typed)}.", LIST)
    return await _list(request)


async def _list(request: Request) -> Message:
    is_admin = await request.services.people.seems_admin(request.who)
    may_start = is_admin or await request.read(challenges.may_start)
    find = partial(challenges.listing, may_start=may_start, is_admin=is_admin)
    found = await request.read(find)
    names_others = any(suggestion.member_id != request.who.member_id for suggestion in found.suggestions)
    said = challenge_list(request.catalog, found)
    return replace(said, again=partial(_list, request)) if names_others else said


def challenge_list(catalog: Catalog, listing: Listing) -> Message:
    """Return the challenges that concern the reader, their drafts, and what was suggested."""
    items, who = listing.items, listing.who
    lines = []
    for item in items[:MAX_SHOWN]:
        where = f"in <#{item.challenge.channel}>{' (private)' if item.challenge.private else ''}"
        own = item.challenge.started_by == who.member_id
        said = f"{status(item.challenge, item.posting, listing.now, own=own)} {my_part(item.entry)}".rstrip()
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


@noun.click(SUGGEST, no_value)
async def open_form(request: Request, _: None) -> Form:
    """Answer *Suggest one to the admins*."""
    await request.check_member()
    return Form(suggestion_form(request.catalog))


def suggestion_form(catalog: Catalog) -> Block:
    blocks = [
        field(TEMPLATE, "What should the team try?", template_menu(catalog, "Choose one")),
        field(WORDS, "Why, or what exactly?", text_box(MAX_SUGGESTION), hint="One line.", optional=True),
        context("The admins read it with your name in the list of challenges, where you see what becomes of it."),
    ]
    return modal("Suggest a challenge", blocks, form=SUGGEST, submit="Suggest", close="Cancel")


@noun.form(SUGGEST, no_value)
async def save(request: Request, _: None, fields: dict[str, str]) -> Saved:
    """Store the suggestion, in place of an earlier one. Raise FieldError."""
    chosen, words = fields.get(TEMPLATE, ""), " ".join(fields.get(WORDS, "").split())
    if chosen not in {FREE, *request.catalog.challenges}:
        raise FieldError(TEMPLATE, "That template is gone. Choose another one.")
    if len(words) > MAX_SUGGESTION or (chosen == FREE and not words):
        raise FieldError(WORDS, f"Write one line of at most {MAX_SUGGESTION} letters.")
    template = None if chosen == FREE else chosen
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
    """Tell who suggested a challenge that it was started, or that it was not."""
    if challenge_id:
        return saying("The admins started the challenge that you suggested.", button("Details", DETAILS, challenge_id))
    said = "The admins read the challenge that you suggested, and don't start it now. Thank you for it."
    return saying(said, button("Suggest another one", SUGGEST))


async def _find(request: Request, suggestion_id: str) -> Suggestion:
    made = await request.store.read(entries.find_suggestion, request.who.workspace_id, suggestion_id)
    if made is None or (made.started is not None and made.member_id != request.who.member_id):
        raise UserError("That suggestion is gone.", LIST)
    return made


def _name(catalog: Catalog, suggestion: Suggestion) -> str:
    """Return the name of the suggested template; empty for a member's own words alone."""
    template = catalog.challenges.get(suggestion.template or "")
    return template.name if template else ""


@noun.click(START_IT, parse_id)
async def start_it(request: Request, suggestion_id: str) -> Form:
    """Answer *Start it*: open the form of a challenge. Its post removes the suggestion, which has the same id."""
    await request.check_admin(READ)
    made = await _find(request, suggestion_id)
    template = request.catalog.challenges.get(made.template or "")
    return Form(await write_new(request, template, None, suggestion_id, made.words))


@noun.click(REMOVE, parse_id)
async def remove(request: Request, suggestion_id: str) -> Message:
    """Answer *Take it back* and *Dismiss*, of which who suggested it is told."""
    made = await request.store.read(entries.find_suggestion, request.who.workspace_id, suggestion_id)
    if made is not None and made.member_id != request.who.member_id:
        await request.check_admin(READ)
        return await request.write(challenges.dismiss, suggestion_id, then=lambda _: DISMISSED)
    await request.store.write(entries.remove_suggestion, request.who.workspace_id, suggestion_id)
    return REMOVED


REMOVED = saying("The suggestion is deleted.", back())
DISMISSED = saying("Dismissed. Who suggested it is told so.", back())
