"""Suggest a challenge to those who may start one: the form, and what stands in the list of challenges."""

import secrets
from collections.abc import Iterator, Sequence

from bot.coach import challenges
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_SUGGESTION, Suggestion
from bot.core.member import MemberKey
from bot.slack.blocks import actions, button, context, field, modal, plain, section, worded
from bot.slack.challenge import form as challenge_form
from bot.slack.challenge.card import parse_id
from bot.slack.challenge.entry import back
from bot.slack.challenge.form import FREE, Draft
from bot.slack.challenge.start import TEMPLATE, check_may_start, template_menu
from bot.slack.form import FieldError, Form, Saved
from bot.slack.message import Block, Message, escape, literal
from bot.slack.noun import Noun, Outdated, no_value
from bot.slack.request import Request

SUGGEST, WORDS = "suggest-challenge", "words"  # the button and the form that it opens; a field
START_IT, REMOVE = "start-suggested", "remove-suggestion"  # buttons
BUTTON = button("Suggest one to the admins", SUGGEST)

noun = Noun()


@noun.click(SUGGEST, no_value)
async def open_form(request: Request, _: None) -> Form:
    """Answer *Suggest one to the admins*."""
    await request.check_member()
    return Form(form(request.catalog))


def form(catalog: Catalog) -> Block:
    words: Block = {"type": "plain_text_input", "max_length": MAX_SUGGESTION}
    blocks = [
        field(TEMPLATE, "What should the team try?", {**template_menu(catalog), "placeholder": plain("Choose one")}),
        field(WORDS, "Why, or what exactly?", words, hint="One line.", optional=True),
        context("The admins read it with your name in the list of challenges. Nobody gets a message about it."),
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
    return await request.write(
        challenges.suggest, request.who, made, request.now, then=lambda found: Saved(suggested(request.catalog, found))
    )


def suggested(catalog: Catalog, made: Suggestion) -> Message:
    """Return the answer to the form."""
    said = f"The admins see your suggestion in their list of challenges: *{title(catalog, made)}*"
    take_back = button("Take it back", REMOVE, made.suggestion_id)
    return Message(said, [worded(said), actions(take_back, back())])


def title(catalog: Catalog, made: Suggestion) -> str:
    template = catalog.challenges.get(made.template or "")
    return escape(template.name) if template else "In their own words"


def listed(catalog: Catalog, who: MemberKey, made: Sequence[Suggestion]) -> Iterator[list[Block]]:
    """Yield what the list says of each suggestion: one's own can be taken back, that of others started."""
    for each in made:
        said = f"\n> {literal(each.words)}" if each.words else ""
        name = title(catalog, each)
        if each.member_id == who.member_id:
            taken_back = button("Take it back", REMOVE, each.suggestion_id)
            yield [worded(f"*You suggested* {name}{said}", taken_back)]
        else:
            start, dismiss = (
                button("Start it", START_IT, each.suggestion_id),
                button("Dismiss", REMOVE, each.suggestion_id),
            )
            yield [worded(f"<@{each.member_id}> *suggests* {name}{said}"), actions(start, dismiss)]


@noun.click(START_IT, parse_id)
async def start_it(request: Request, suggestion_id: str) -> Form:
    """Answer *Start it*: open the form of a challenge. Its post removes the suggestion, which has the same id."""
    await check_may_start(request)
    made = await request.find(challenges.suggestion, request.who, suggestion_id)
    if made is None:
        raise Outdated
    await request.services.people.meet(request.who, request.asked_at)
    defaults = await request.find(challenges.defaults, request.who)
    draft = Draft(suggestion_id, request.catalog.challenges.get(made.template or ""), defaults.channel, made.words)
    return Form(challenge_form.from_template(draft, request.catalog, defaults, request.now))


@noun.click(REMOVE, parse_id)
async def remove(request: Request, suggestion_id: str) -> Message:
    """Answer *Take it back* and *Dismiss*."""
    made = await request.find(challenges.suggestion, request.who, suggestion_id)
    if made is not None and made.member_id != request.who.member_id:
        await check_may_start(request)
    return await request.write_unmet(challenges.remove_suggestion, request.who, suggestion_id, then=removed)


def removed(_: None) -> Message:
    said = "The suggestion is deleted."
    return Message(said, [section(said), actions(back())])
