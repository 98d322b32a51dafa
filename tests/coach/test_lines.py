"""Lines about tips without Slack, on each kind of database: who reads them after a report and a decision."""

from datetime import timedelta
from functools import partial

from bot.coach import lines, membership, practice
from bot.coach.lines import Line
from bot.core.catalog import Catalog
from bot.core.practice import Readers
from bot.store import Store
from bot.store.lines import Verdict
from tests.acting import acting
from tests.coach.members import BERLIN, EMIL, NORA, NOW


class Lines:
    """A tip about which Nora writes; Emil reads, reports and decides."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self.store, self.catalog, self.tip = store, catalog, next(iter(catalog.lessons))
        self.now = NOW

    async def begins(self) -> None:
        for who in (NORA, EMIL):
            await self.store.write(membership.meet, who, BERLIN, NOW)

    async def does_it(self, *, undone: bool = False) -> None:
        """Nora does it, after she took it back; each step has its own moment."""
        for use_case in (*([practice.undo] if undone else []), practice.did):
            self.now += timedelta(minutes=1)
            await self.store.write(acting(use_case, NORA, self.now, self.catalog), self.tip, None)

    async def writes(self, text: str) -> None:
        line = Line(text, Readers.NAMED)
        await self.store.write(acting(lines.write, NORA, self.now, self.catalog), self.tip, None, line)

    async def read(self) -> list[str]:
        found = await self.store.read(acting(lines.one_done, EMIL, self.now, self.catalog), self.tip)
        return [line.text for line in found.lines]

    async def reports(self) -> Verdict | None:
        found = await self.store.read(acting(lines.one_done, EMIL, self.now, self.catalog), self.tip)
        line_id = found.lines[0].line_id
        reported = await self.store.write(acting(lines.report, EMIL, self.now, self.catalog), self.tip, line_id)
        return reported.verdict

    async def decides(self, *, hides: bool) -> None:
        (reported,) = await self.store.read(lines.reported, NORA.workspace_id)

        decide = partial(lines.decide, hides=hides)
        assert await self.store.write(acting(decide, EMIL, self.now, self.catalog), reported.line_id) == []


async def test_a_decision_holds_for_the_text_and_hiding_holds_for_the_tip(store: Store, catalog: Catalog) -> None:
    on = Lines(store, catalog)
    await on.begins()
    await on.does_it()
    await on.writes("First")
    assert await on.reports() is Verdict.REPORTED
    assert await on.read() == []
    await on.decides(hides=False)
    assert await on.reports() is Verdict.ALLOWED
    assert await on.read() == ["First"]

    await on.writes("Second")
    assert await on.reports() is Verdict.REPORTED
    await on.does_it(undone=True)
    await on.writes("Third")
    assert await on.read() == []
    await on.decides(hides=True)
    for undone in (False, True):
        if undone:
            await on.does_it(undone=True)
        await on.writes("Fourth")
        assert await on.read() == []
        assert await store.read(lines.reported, NORA.workspace_id) == []
