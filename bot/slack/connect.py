"""A member's own assistants: what they may do here, and the tokens that let them in: make one, list and revoke them."""

from collections.abc import Sequence
from functools import partial

from bot.coach import assistants
from bot.core.errors import NextStep, UserError
from bot.core.member import AssistantToken
from bot.slack.blocks import actions, button, confirm, day, modal, section
from bot.slack.form import Form
from bot.slack.message import Message
from bot.slack.noun import Noun, no_value, parse_id
from bot.slack.request import Request
from bot.store.members import tokens_of

MAKE, REVOKE = "make-token", "revoke-token"
PATH = "/mcp"

noun = Noun()

_MAY = (
    "*Your own assistant can ask me.* An editor or assistant that speaks MCP then sees your project and your record, "
    "asks what I teach, and notes a step as done if you say so. It reads what you ask it to read, wherever it runs."
)
_SURE = confirm("Revoke this token?", "The assistant that has it can't reach me any more.", "Revoke", "Keep it")
CLOSED = "No assistant can reach me here: who runs me has not opened that."


@noun.verb("connect", "Let an AI assistant of yours ask me, and end that.")
async def connect(request: Request, _words: str) -> Message:
    return connected(request.services.mcp_url, await request.store.read(tokens_of, request.who, request.now))


def connected(address: str | None, tokens: Sequence[AssistantToken]) -> Message:
    where = f"Its address for me: `{address}{PATH}`" if address else CLOSED
    rows = []
    for token in tokens:
        lasts = f"made on {day(token.made_at, None)}, works until {day(token.until, None)}"
        end = button("Revoke", REVOKE, token.label, confirm=_SURE)
        rows.append(section(f"Token `{token.label[:4]}…`, {lasts}", end))
    make_one = [button("Make a token", MAKE)] if address else []
    below = actions(*make_one, button("What I keep", "privacy"))
    return Message("Your own assistant can ask me.", [section(f"{_MAY}\n{where}"), *rows, below])


@noun.click(MAKE, no_value)
async def make(request: Request, _: None) -> Form:
    """Make a token, and show it in a window that no history keeps. Raise UserError."""
    if request.services.mcp_url is None:
        raise UserError(CLOSED, NextStep("What I keep", "privacy"))
    return await request.write(assistants.make, then=partial(made, f"{request.services.mcp_url}{PATH}"))


def made(address: str, token: str) -> Form:
    text = f"*Copy it now: nobody can show it again.*\n```\n{token}\n```\nAddress: `{address}`"
    care = "Who has it sees your record and can note steps for you, for 180 days; `/roleshift connect` ends that."
    return Form(modal("Your token", [section(text), section(care)]))


@noun.click(REVOKE, parse_id)
async def revoke(request: Request, label: str) -> Message:
    address = request.services.mcp_url
    return await request.write(
        assistants.revoke, label, then=lambda left: Message("Revoked.", connected(address, left).blocks, replaces=True)
    )
