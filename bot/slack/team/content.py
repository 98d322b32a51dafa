"""What the coach teaches, which of the team's own packs are left out, and what the team's policy allows."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.core.catalog import ALLOWED, Catalog, DataClass, PackState, Policy, Tool
from bot.core.errors import NextStep, UserError
from bot.slack.blocks import actions, button, context, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request

noun = Noun()

MAX_LISTED = 5  # packs and entries by name
NOTHING = "nothing"
MAX_TEXT = 2900  # letters of a section; Slack takes 3,000


@noun.verb("content", "Admins: see which content is taught, and which of the team's own packs are left out.")
async def content(request: Request, _words: str) -> Message:
    await request.check_admin("see which content is taught")
    return taught(request.catalog, request.services.content_library.packs, request.now.date())


def taught(catalog: Catalog, packs: Sequence[PackState], today: date) -> Message:
    said = f"I teach {_counted(catalog)}."
    own = [pack.title for pack in packs if not pack.mistakes]
    with_own = [section(f"With your own: {_listed(own)}.")] if own else []
    desk = actions(button("The team's desk", "team"))
    return Message(said, [section(said), *with_own, *trouble(packs), *stale(catalog, today), desk])


def trouble(packs: Sequence[PackState]) -> list[Block]:
    """Return which packs are left out, and what an admin can do. Files are named in the log alone."""
    left_out = [pack for pack in packs if pack.mistakes]
    if not left_out:
        return []
    count = sum(pack.mistakes for pack in left_out)
    mistakes = "a mistake" if count == 1 else f"{count} mistakes"
    said = f"*Left out of what I teach: {_listed([pack.title for pack in left_out])}*"
    fix = "`python -m bot content check` and my log name each. Once they are corrected, restart me."
    return [section(f"{said}\nI found {mistakes} there. {fix}")]


def in_short(catalog: Catalog, packs: Sequence[PackState], today: date) -> str:
    """Return what is wrong with the content in one sentence, for the desk; empty if nothing is."""
    left_out = [pack.title for pack in packs if pack.mistakes]
    old = sum(1 for item in catalog.reviewed if item.stale_since(today))
    said = [f"Left out of what I teach: {_listed(left_out)}."] if left_out else []
    said += [f"Texts to review: {old}."] if old else []
    return " ".join([*said, "See `/roleshift content`."]) if said else ""


def stale(catalog: Catalog, today: date) -> list[Block]:
    """Return what should be read again, for admins."""
    found = sorted((since, item.slug, item.name) for item in catalog.reviewed if (since := item.stale_since(today)))
    if not found:
        return []
    said = f"*Should be read again: {len(found)} of {len(catalog.reviewed)} entries*"
    names = _listed([name for _, _, name in found])
    return [section(f"{said}\n{names}. `python -m bot content stale` names their owners.")]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return f"{', '.join(map(escape, names[:MAX_LISTED]))}{more}"


def _counted(catalog: Catalog) -> str:
    tips = sum(len(skill.tips) for skill in catalog.skills.values())
    roles, skills, challenges = len(catalog.roles), len(catalog.skills), len(catalog.challenges)
    return f"{roles} roles, {skills} skills, {tips} tips and {challenges} challenges"


@noun.verb("allowed [tool or data]", "See which tools your team allows, and which data may go where.")
async def allowed(request: Request, words: str) -> Message:
    policy = request.catalog.policy
    if policy is None:
        said = "Your team has not told me what it allows. Ask your manager or your security team."
        if await request.services.people.seems_admin(request.who):
            said = (
                "I know of no allowed tools yet. The person who runs me lists them, and which data may go where, in "
                "`policy.yaml` of your own content pack: `content/packs.md` shows how."
            )
        raise UserError(said, NextStep("Who are the coach admins?", "admins"))
    return allowed_entry(policy, policy.named(words)) if words else whole_policy(policy)


def whole_policy(policy: Policy) -> Message:
    tools = [f"• {_line(tool)}" for tool in policy.tools] or [NOTHING]
    data = [f"• {_line(each)} → {_names(policy.places_for(each), 'nowhere')}" for each in policy.data]
    blocks = [*_lists("*Approved tools*", tools), *_lists("*Where data may go*", data)]
    return Message("What your team allows.", [*blocks, *_footer(policy)])


def allowed_entry(policy: Policy, entry: Tool | DataClass) -> Message:
    name = escape(entry.name)
    if isinstance(entry, Tool):
        said = f"*{name}* is an approved tool. Into it may go: {_names(policy.may_hold(entry), NOTHING)}."
    elif places := policy.places_for(entry):
        said = f"*{name}* may go into: {_names(places, NOTHING)}."
    else:
        said = f"*{name}* may not go into any AI tool."
    note = f"\n{escape(entry.note)}" if entry.note else ""
    return Message(said, [section(f"{said}{note}"), *_footer(policy), actions(button(ALLOWED.label, ALLOWED.verb))])


def _lists(title: str, lines: list[str]) -> list[Block]:
    """Return the lines in as few sections as Slack's limit allows."""
    texts = [title]
    for line in lines:
        if len(texts[-1]) + len(line) < MAX_TEXT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [section(text) for text in texts]


def _line(entry: Tool | DataClass) -> str:
    return f"*{escape(entry.name)}*: {escape(entry.note)}" if entry.note else f"*{escape(entry.name)}*"


def _names(entries: Iterable[Tool | DataClass], nothing: str) -> str:
    return ", ".join(escape(entry.name) for entry in entries) or nothing


def _footer(policy: Policy) -> list[Block]:
    if policy.contact is None:
        return [context("What is not listed is not allowed. Ask before you use it.")]
    return [context(f"What is not listed is not allowed. Ask {escape(policy.contact)} first.")]
