"""Break the real bot on purpose and count broken promises: `python -m tests.faults [NAME …] [--long] [--mutants]`.

Runs the real worker as processes of its own against the emulator of Slack, on real databases. A long form takes
minutes to an hour; with `--state FILE` it goes on where it was stopped. The exit code is 1 if a promise was broken, or
if no proof caught a mutant.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tests.faults.mutants import MUTANTS
from tests.faults.proofs import PROOFS, Proof, run_cases
from tests.faults.tally import Case, Result, Tally
from tests.patience import patience

DATABASES = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    with patience():  # the workers are processes of their own, and keep their limits
        if args.mutants:
            held = [_is_caught(args, name) for name in args.names or MUTANTS]
        else:
            held = [_is_kept(args, PROOFS[name]) for name in args.names or PROOFS]
    return not all(held)


def _is_kept(args: argparse.Namespace, proof: Proof) -> bool:
    if args.long and proof.long_abouts:
        proof = replace(proof, abouts=proof.long_abouts)
    runs = args.runs or (proof.long if args.long else proof.short)
    tally = _run(args.state, proof, list(proof.cases(runs, DATABASES[args.database], args.seed)))
    for line in tally.lines():
        _say(line)
    _say(f"  seeds {args.seed} to {args.seed + runs - 1}; {proof.promise}")
    return not tally.failed


def _is_caught(args: argparse.Namespace, name: str) -> bool:
    mutant = MUTANTS[name]
    proof = PROOFS[mutant.proof]
    if mutant.about:
        proof = replace(proof, abouts=(mutant.about,))
    runs = args.runs or mutant.runs or proof.mutant
    tally = _run(args.state, proof, list(proof.cases(runs, DATABASES["sqlite"], args.seed, name)))
    caught = "caught" if tally.failed else "NOT CAUGHT"
    _say(f"mutant {name}: {caught} by {proof.name} in {tally.failed} of {len(tally.results)} runs")
    _say("".join(f"  {each}\n" for each in tally.broken[:2]).rstrip())
    return bool(tally.failed)


def _run(state: Path | None, proof: Proof, cases: Sequence[Case]) -> Tally:
    """Run the cases whose results the file does not hold, until all are done or somebody presses Ctrl-C."""
    lines = state.read_text().splitlines() if state and state.exists() else []
    known = {each.name: each for each in (Result(**json.loads(line)) for line in lines)}
    new: list[Result] = []
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run_cases([(proof, case) for case in cases if case.name not in known], new, proof.at_once))
    if state:
        with state.open("a") as file:
            file.writelines(f"{json.dumps(asdict(result))}\n" for result in new)
    return Tally(proof.name, [*(known[case.name] for case in cases if case.name in known), *new])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=(__doc__ or "").partition(":")[0])
    known = f"default: all of {', '.join(PROOFS)}; with --mutants of {', '.join(MUTANTS)}"
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*PROOFS, *MUTANTS, []], help=known)
    parser.add_argument("--long", action="store_true", help="as many runs as the results table tells of")
    parser.add_argument("--runs", type=int, help="so many instead")
    parser.add_argument("--seed", type=int, default=1, help="the first one; each run takes the next")
    parser.add_argument("--database", choices=DATABASES, default="both")
    parser.add_argument("--state", type=Path, help="a file that keeps the results, to go on from")
    parser.add_argument("--mutants", action="store_true", help="take protections out: each proof must turn red")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
