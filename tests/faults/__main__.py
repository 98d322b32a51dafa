"""Break the real bot on purpose and count broken promises: `python -m tests.faults [NAME …] [--long] [--mutants]`.

Runs the real worker as processes of its own against the emulator of Slack, on real databases. A long form takes
minutes to an hour. The exit code is 1 if a promise was broken, or if no proof caught a mutant.
"""

import argparse
import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tests.faults.mutants import MUTANTS
from tests.faults.proofs import PROOFS, Proof, run_cases
from tests.faults.tally import Case, Result
from tests.patience import patience

DATABASES = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=(__doc__ or "").partition(":")[0])
    known = f"default: all of {', '.join(PROOFS)}; with --mutants of {', '.join(MUTANTS)}"
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*PROOFS, *MUTANTS, []], help=known)
    parser.add_argument("--long", action="store_true", help="as many runs as the results table tells of")
    parser.add_argument("--runs", type=int, help="so many instead")
    parser.add_argument("--seed", type=int, default=1, help="the first one; each run takes the next")
    parser.add_argument("--database", choices=DATABASES, default="both")
    parser.add_argument("--mutants", action="store_true", help="take protections out: each proof must turn red")
    args = parser.parse_args(argv)
    with patience():  # the workers are processes of their own, and keep their limits
        if args.mutants:
            held = [_is_caught(args, name) for name in args.names or MUTANTS]
        else:
            held = [_is_kept(args, PROOFS[name]) for name in args.names or PROOFS]
    return not all(held)


def _is_kept(args: argparse.Namespace, proof: Proof) -> bool:
    if args.long and proof.long_abouts:
        proof = replace(proof, abouts=proof.long_abouts)
    cases = proof.cases(args.runs or (proof.long if args.long else proof.short), DATABASES[args.database], args.seed)
    results, counted = _run(proof, cases), Counter[str]()
    for result in results:
        counted.update(result.counts)
    broken, counts = _broken(results), ", ".join(f"{count:,} {what}" for what, count in counted.items())
    runs, failed = len(results), sum(bool(result.broken) for result in results)
    _say(f"{proof.name}: {runs:,} runs, {failed} failed; {counts}")
    if runs and not failed:
        share = f" = {3 / runs:.2%}" if runs > 3 else ""
        _say(f"  0 failures in {runs:,} runs bounds the rate at 3/{runs:,}{share} (95 %)")
    for each in broken:
        _say(f"  BROKEN {each}")
    promise = (proof.module.__doc__ or "").partition("\n")[0]
    _say(f"  seeds {args.seed} to {args.seed + runs - 1}; {promise}")
    return not failed


def _is_caught(args: argparse.Namespace, name: str) -> bool:
    mutant = MUTANTS[name]
    proof = PROOFS[mutant.proof]
    if mutant.about:
        proof = replace(proof, abouts=(mutant.about,))
    results = _run(proof, proof.cases(args.runs or mutant.runs or proof.mutant, ("sqlite",), args.seed, name))
    failed = sum(bool(result.broken) for result in results)
    _say(f"mutant {name}: {'caught' if failed else 'NOT CAUGHT'} by {proof.name} in {failed} of {len(results)} runs")
    _say("".join(f"  {each}\n" for each in _broken(results)[:2]).rstrip())
    return bool(failed)


def _run(proof: Proof, cases: Iterator[Case]) -> list[Result]:
    """Run the cases, until all are done or somebody presses Ctrl-C."""
    results: list[Result] = []
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run_cases([(proof, case) for case in cases], results, proof.at_once))
    return results


def _broken(results: list[Result]) -> list[str]:
    return [f"{result.name}: {each}" for result in results for each in result.broken]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
