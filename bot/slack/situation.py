"""What a member has: the form, and what saving it changes."""

from collections.abc import Mapping, Sequence

from bot.coach.tips import declare_situation
from bot.core.catalog import Catalog
from bot.core.content_types import Need
from bot.core.learning import Waiting, to_ask
from bot.slack.blocks import actions, button, lowered, modal, option, plain, section
from bot.slack.form import Form, Saved, choices, field
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.store import tips

SITUATION = "situation"  # the verb, and the form that it opens
TITLE = "What can you use?"
MAX_OPTIONS = 10  # Slack's limit for checkboxes
MAX_LACKING = 2  # needs that the answer names, those for which the most tips wait

Needs = tuple[str, ...]

noun = Noun()


def parse_needs(metadata: str) -> Needs:
    """Return the slugs of the needs that the form shows. Raise ValueError if there are none."""
    if not (slugs := tuple(metadata.split())):
        raise ValueError
    return slugs


@noun.verb(SITUATION, "Say what you have, such as logs or a test set, so that you only get tips that you can do.")
async def situation(request: Request, _words: str) -> Form:
    return await request.read(tips.needs_of, request.who, then=lambda has: Form(form(request.catalog, has)))


@noun.form(SITUATION, parse_needs)
async def save(request: Request, shown: Needs, fields: dict[str, str]) -> Saved:
    """Record every need that the form shows as one that the member has or lacks."""
    chosen = {slug for words in fields.values() for slug in words.split()}
    has = {slug: slug in chosen for slug in shown if slug in request.catalog.needs}

    def declared(waiting: Waiting) -> Saved:
        return Saved(saved(sum(has.values()), len(has), waiting))

    return await request.write(declare_situation, request.catalog, request.who, has, request.now, then=declared)


def form(catalog: Catalog, has: Mapping[str, bool]) -> Block:
    needs = to_ask(catalog)
    groups = [needs[start : start + MAX_OPTIONS] for start in range(0, len(needs), MAX_OPTIONS)]
    blocks = [_group(number, group, has) for number, group in enumerate(groups)]
    return modal(
        TITLE,
        [
            section("Tick what is true. You only get tips that you can do; the others wait until you tick more."),
            *blocks,
        ],
        form=SITUATION,
        metadata=" ".join(need.slug for need in needs),
        submit="Save",
        close="Cancel",
    )


def _group(number: int, needs: Sequence[Need], has: Mapping[str, bool]) -> Block:
    options = [{**option(need.name, need.slug), "description": plain(need.says)} for need in needs]
    boxes = choices("checkboxes", options, [slug for slug, each in has.items() if each])
    return field(f"needs{number}", "I have" if not number else "And I have", boxes, optional=True)


def saved(ticked: int, shown: int, waiting: Waiting) -> Message:
    lacking = (f"{count} wait for {escape(lowered(need.name))}" for need, count in waiting.for_need[:MAX_LACKING])
    can_do = f"You can do {waiting.can_do} of {waiting.total} tips on your path now."
    waits = f" {', '.join(lacking)}." if waiting.for_need else ""
    said = f"Saved: you have {ticked} of {shown}."
    return Message(
        said,
        [
            section(f"*{said}* {can_do}{waits}"),
            actions(button("A tip now", "tip"), button("Change", SITUATION)),
        ],
        replaces=False,
    )
