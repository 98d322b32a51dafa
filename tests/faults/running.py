"""Run the cases of a proof, some of them side by side."""

import asyncio
import traceback
from collections.abc import Sequence

from tests.faults.processes import Processes
from tests.faults.proofs import Proof
from tests.faults.stage import Databases
from tests.faults.tally import Case, Memory, Result


async def run_cases(
    cases: Sequence[tuple[Proof, Case]], memory: Memory, at_once: int, postgres: str | None = None
) -> list[Result]:
    """Run cases and return their results as they come. Start a PostgreSQL server if none is named."""
    if not cases:
        return []
    results: list[Result] = []
    turn = asyncio.Semaphore(at_once)
    kinds = tuple({case.database for _, case in cases})
    async with Databases.opened(kinds, postgres) as databases, Processes.opened() as processes:

        async def prove(proof: Proof, case: Case) -> None:
            async with turn:
                try:
                    result = await proof.run(case, databases, processes)
                except Exception:  # noqa: BLE001 - whatever it was, this run has shown nothing
                    result = Result(case.name, {}, [f"did not run: {traceback.format_exc()}"])
                memory.add(result)
                results.append(result)

        await asyncio.gather(*(prove(proof, case) for proof, case in cases))
    return results
