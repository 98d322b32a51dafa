"""The first form of a new challenge: choose a template, or write it in your own words."""

import secrets

from bot.coach import challenges
from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate
from bot.slack.blocks import field, modal, option, plain, section
from bot.slack.challenge import form
from bot.slack.challenge.fields import CHANNEL
from bot.slack.challenge.form import FREE, Draft, DraftRef
from bot.slack.challenge.rights import check_may_start
from bot.slack.form import PUBLIC_CHANNEL_ID, FieldError, Form
from bot.slack.message import Block
from bot.slack.request import Request

CHOOSE_TEMPLATE = "choose-template"  # the form
TEMPLATE = "template"  # its field


def parse_channel(metadata: str) -> str | None:
    """Return the public channel that the form carries along, if there is any."""
    return metadata if PUBLIC_CHANNEL_ID.fullmatch(metadata) else None


def templates(catalog: Catalog, channel: str | None = None, chosen: str = "") -> Block:
    """Return the form with all templates. `channel` is the one that the next form offers first."""
    groups: list[Block] = [
        {
            "label": plain(theme.name),
            "options": [
                option(template.name, template.slug)
                for template in catalog.challenges.values()
                if template.theme == theme.slug
            ],
        }
        for theme in catalog.themes.values()
    ]
    own: Block = {"label": plain("Your own"), "options": [option("In my own words", FREE)]}
    shown = [own, *(group for group in groups if group["options"])]
    before = next((each for group in shown for each in group["options"] if each["value"] == chosen), None)
    menu: Block = {"type": "static_select", "option_groups": shown}
    if before:
        menu["initial_option"] = before
    blocks = [
        section("The whole team tries one thing for a while. Nothing is posted before you have seen it."),
        field(TEMPLATE, "What should they try?", {**menu, "placeholder": plain("Choose a template")}),
    ]
    return modal(
        "Start a challenge", blocks, form=CHOOSE_TEMPLATE, metadata=channel or "", submit="Next", close="Close"
    )


async def submit(request: Request, channel: str | None, fields: dict[str, str]) -> Block:
    """Return the form to write the challenge. Raise FieldError if the chosen template no longer exists."""
    await check_may_start(request)
    chosen = fields.get(TEMPLATE, "")
    template = request.catalog.challenges.get(chosen)
    if template is None and chosen != FREE:
        raise FieldError(TEMPLATE, "That template is gone. Choose another one.")
    return await _form(request, template, channel)


async def start_on_need(request: Request, slug: str) -> Form:
    """Answer *Start a challenge on it*: the form of the need's challenge; without one, the choice of a template."""
    await check_may_start(request)
    need = request.catalog.needs.get(slug)
    template = request.catalog.challenges.get(need.challenge) if need and need.challenge else None
    return Form(await _form(request, template, None) if template else templates(request.catalog))


async def _form(request: Request, template: ChallengeTemplate | None, channel: str | None) -> Block:
    await request.services.people.meet(request.who, request.asked_at)  # days and times are meant in their time zone
    defaults = await request.find(challenges.defaults, request.who)
    draft = Draft(secrets.token_hex(8), template, channel or defaults.channel)
    return form.from_template(draft, request.catalog, defaults, request.now)


async def show_again(request: Request, draft: DraftRef, fields: dict[str, str]) -> Block:
    """Answer *Other templates* in the form: return to the templates and keep the channel."""
    return templates(request.catalog, fields.get(CHANNEL), draft.template)
