"""What the team's policy allows, and what is wrong with its own content."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.core.catalog import ALLOWED, Catalog, DataClass, PackState, Policy, Tool
from bot.core.errors import NextStep, UserError
from bot.slack.blocks import actions, button, context, saying, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request

noun = Noun()

MAX_LISTED = 5  # packs and entries by name
NOTHING = "nothing"
MAX_TEXT = 2900  # letters of a section; Slack takes 3,000


def in_short(catalog: Catalog, packs: Sequence[PackState], today: date) -> str:
    """Return what is wrong with the content in one sentence, for the desk; empty if nothing is."""
    left_out = [pack.title for pack in packs if pack.mistakes]
    old = sum(1 for item in catalog.reviewed if item.stale_since(today))
    more = f" and {len(left_out) - MAX_LISTED} more" if len(left_out) > MAX_LISTED else ""
    names = f"{', '.join(map(escape, left_out[:MAX_LISTED]))}{more}"
    said = [f"Left out of what I teach: {names}."] if left_out else []
    said += [f"Texts to review: {old}."] if old else []
    return " ".join([*said, "`python -m bot content check` and `content stale` say more."]) if said else ""


@noun.verb(
    "allowed [tool or data]",
    "See which tools your team allows, and which data may go where; the person who installed me lists them.",
)
async def allowed(request: Request, words: str) -> Message:
    policy = request.catalog.policy
    if policy is None:
        if await request.services.people.seems_admin(request.who):
            return saying(
                "I know of no allowed tools yet. You can't set this in Slack. The operator of my server adds a file, "
                "`policy.yaml`, with the tools and which data may go where. My page `content/packs.md` says how."
            )
        said = "Your team has not told me what it allows. Ask your manager or your security team."
        raise UserError(said, NextStep("Who are the coach admins?", "admins"))
    return allowed_entry(policy, policy.named(words)) if words else whole_policy(policy)


def whole_policy(policy: Policy) -> Message:
    tools = [f"• {_line(tool)}" for tool in policy.tools] or [NOTHING]
    data = [f"• {_line(kind)} → {_names(policy.places_for(kind), 'nowhere')}" for kind in policy.data]
    texts = []  # as few as Slack's limit of a section allows
    for title, lines in (("*Approved tools*", tools), ("*Where data may go*", data)):
        texts.append(title)
        for line in lines:
            if len(texts[-1]) + len(line) < MAX_TEXT:
                texts[-1] += f"\n{line}"
            else:
                texts.append(line)
    return Message("What your team allows.", [*map(section, texts), _footer(policy)])


def allowed_entry(policy: Policy, entry: Tool | DataClass) -> Message:
    name = escape(entry.name)
    if isinstance(entry, Tool):
        data = tuple(kind for kind in policy.data if entry.id in kind.may_go)
        said = f"*{name}* is an approved tool. Into it may go: {_names(data, NOTHING)}."
    elif places := policy.places_for(entry):
        said = f"*{name}* may go into: {_names(places, NOTHING)}."
    else:
        said = f"*{name}* may not go into any AI tool."
    note = f"\n{escape(entry.note)}" if entry.note else ""
    return Message(said, [section(f"{said}{note}"), _footer(policy), actions(button(ALLOWED.label, ALLOWED.verb))])


def _line(entry: Tool | DataClass) -> str:
    return f"*{escape(entry.name)}*: {escape(entry.note)}" if entry.note else f"*{escape(entry.name)}*"


def _names(entries: Iterable[Tool | DataClass], nothing: str) -> str:
    return ", ".join(escape(entry.name) for entry in entries) or nothing


def _footer(policy: Policy) -> Block:
    ask = f"Ask {escape(policy.contact)} first." if policy.contact else "Ask before you use it."
    return context(f"What is not listed is not allowed. {ask}")
