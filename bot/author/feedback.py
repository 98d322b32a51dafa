"""`content stats --from-database`: for how many members a tip was not their work, or was blocked."""

from collections.abc import Iterator

from bot.core import feedback
from bot.core.catalog import Catalog
from bot.core.feedback import SkillFeedback, TipFeedback
from bot.store import feedback as rows
from bot.store import open_store

NOTHING = "  nothing that may be shown yet"


async def feedback_from(url: str, catalog: Catalog) -> tuple[SkillFeedback, ...]:
    """Read what members said of tips; nothing is written. Raise WrongSchema."""
    store = open_store(url)
    try:
        await store.check_schema()
        given, reactions = await store.read(rows.given), await store.read(rows.reactions)
        return feedback.feedback(catalog, given, reactions)
    finally:
        await store.close()


def feedback_lines(found: tuple[SkillFeedback, ...]) -> Iterator[str]:
    """Yield a line for each skill and each of its tips with a figure."""
    yield "What members said of tips (rounded to fives; -: fewer than five members, or too few got the tip to say)"
    if not found:
        yield NOTHING
    for skill in found:
        yield _line(f"  {skill.skill.slug}", skill)
        yield from (_line(f"    {tip.tip.id}", tip) for tip in skill.tips)


def _line(name: str, said: SkillFeedback | TipFeedback) -> str:
    return f"{name:<44}{said.not_my_work or '-':>5} not my work{said.blocked or '-':>5} blocked"
