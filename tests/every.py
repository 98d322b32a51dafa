"""Check many cases that are alike in one test, and fail once with a list of all that are wrong."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import pytest

T = TypeVar("T")


def check_every(cases: Mapping[str, T] | Iterable[T], check: Callable[[T], None]) -> None:
    """Check each case by its name, or as it is. `check` asserts; what it asserts is told for each case that fails."""
    failures = Failures()
    for name, case in named(cases):
        with failures.of(name):
            check(case)
    failures.tell()


async def try_every(cases: Mapping[str, T] | Iterable[T], check: Callable[[T], Awaitable[object]]) -> None:
    """Do the same with a `check` that waits, one case after another."""
    failures = Failures()
    for name, case in named(cases):
        with failures.of(name):
            await check(case)
    failures.tell()


def named(cases: Mapping[str, T] | Iterable[T]) -> Iterable[tuple[object, T]]:
    return cases.items() if isinstance(cases, Mapping) else ((case, case) for case in cases)


class Failures:
    def __init__(self) -> None:
        self.cases, self.told = 0, list[str]()

    @contextmanager
    def of(self, name: object) -> Iterator[None]:
        self.cases += 1
        try:
            yield
        except (Exception, pytest.fail.Exception) as fault:  # noqa: BLE001 - it is told with the case's name
            self.told.append(f"{str(name)[:100]}: {type(fault).__name__}: {fault}")

    def tell(self) -> None:
        assert self.cases, "there are no cases"
        if self.told:
            pytest.fail("\n".join([f"{len(self.told)} of {self.cases} cases:", *self.told]), pytrace=False)
