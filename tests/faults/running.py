"""Runs the cases of a proof, some side by side."""

import asyncio
import traceback
from collections.abc import Sequence

from tests.faults.nursery import Nursery
from tests.faults.proofs import Proof
from tests.faults.stage import Databases
from tests.faults.tally import Case, Memory, Result


async def run_cases(proof: Proof, cases: Sequence[Case], memory: Memory, at_once: int) -> list[Result]:
    """Each result, in the order in which they came."""
    if not cases:
        return []
    results: list[Result] = []
    turn = asyncio.Semaphore(at_once)
    kinds = tuple({case.database for case in cases})
    async with Databases.opened(kinds) as databases, Nursery.opened() as nursery:

        async def one(case: Case) -> None:
            async with turn:
                try:
                    result = await proof.run(case, databases, nursery)
                except Exception:  # noqa: BLE001 - whatever it was, this run has shown nothing
                    result = Result(case.name, {}, [f"did not run: {traceback.format_exc()}"])
                memory.add(result)
                results.append(result)

        await asyncio.gather(*(one(case) for case in cases))
    return results
