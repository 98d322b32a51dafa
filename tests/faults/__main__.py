"""Break the real bot on purpose and count broken promises: `python -m tests.faults [NAME …] [--long] [--mutants]`.

Runs the real worker as processes of its own against the emulator of Slack, on real databases. A long form takes
minutes to an hour; with `--state FILE` it goes on where it was stopped. The exit code is 1 if a promise was broken.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.faults.mutants import MUTANTS
from tests.faults.proofs import PROOFS, Proof
from tests.faults.running import run_cases
from tests.faults.tally import Case, Memory, Tally
from tests.patience import patience

DATABASES = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    memory = Memory(args.state)
    with patience():  # the workers are processes of their own, and keep their limits
        tallies = list(_mutants(args, memory) if args.mutants else _proofs(args, memory))
    if args.json:
        _say(json.dumps([tally.fields() for tally in tallies], indent=2))
    return any(tally.failed for tally in tallies)


def _proofs(args: argparse.Namespace, memory: Memory) -> Iterator[Tally]:
    for name in args.names or PROOFS:
        proof = PROOFS[name]
        if args.long and proof.long_abouts:
            proof = replace(proof, abouts=proof.long_abouts)
        runs = args.runs or (proof.long if args.long else proof.short)
        cases = list(proof.cases(runs, DATABASES[args.database], args.seed))
        yield _told(args, proof, cases, memory)


def _mutants(args: argparse.Namespace, memory: Memory) -> Iterator[Tally]:
    """Yield the results of all mutants. A mutant that no proof catches counts as a failure."""
    for name in args.names or MUTANTS:
        proof = PROOFS[MUTANTS[name].proof]
        if MUTANTS[name].about:
            proof = replace(proof, abouts=(MUTANTS[name].about,))
        cases = list(
            proof.cases(args.runs or MUTANTS[name].runs or proof.mutant, DATABASES["sqlite"], args.seed, mutant=name)
        )
        tally = _run(args, proof, cases, memory)
        caught = "caught" if tally.failed else "NOT CAUGHT"
        if not args.json:
            _say(f"mutant {name}: {caught} by {proof.name} in {tally.failed} of {tally.runs} runs")
            _say("".join(f"  {each}\n" for each in tally.broken[:2]).rstrip())
        yield Tally(f"mutant {name}", tally.runs, tally.counts, [], failed=not tally.failed)


def _told(args: argparse.Namespace, proof: Proof, cases: Sequence[Case], memory: Memory) -> Tally:
    tally = _run(args, proof, cases, memory)
    if not args.json:
        for line in tally.lines():
            _say(line)
        _say(f"  seeds {cases[0].seed} to {max(case.seed for case in cases)}; {proof.promise}")
    return tally


def _run(args: argparse.Namespace, proof: Proof, cases: Sequence[Case], memory: Memory) -> Tally:
    at_once = args.at_once or proof.at_once
    results = [memory.done[case.name] for case in cases if case.name in memory.done]
    left = [(proof, case) for case in cases if case.name not in memory.done]
    with contextlib.suppress(KeyboardInterrupt):
        results += asyncio.run(run_cases(left, memory, at_once))
    return Tally.of(proof.name, results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=(__doc__ or "").partition(":")[0])
    known = f"default: all of {', '.join(PROOFS)}; with --mutants of {', '.join(MUTANTS)}"
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*PROOFS, *MUTANTS, []], help=known)
    parser.add_argument("--long", action="store_true", help="as many runs as the results table tells of")
    parser.add_argument("--runs", type=int, help="so many instead")
    parser.add_argument("--seed", type=int, default=1, help="the first one; each run takes the next")
    parser.add_argument("--database", choices=DATABASES, default="both")
    parser.add_argument("--at-once", type=int, help="runs side by side")
    parser.add_argument("--state", type=Path, help="a file that remembers what was done, to go on from")
    parser.add_argument("--mutants", action="store_true", help="take protections out: each proof must turn red")
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
