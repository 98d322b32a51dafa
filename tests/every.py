"""Check many cases that are alike in one test, and fail once with a list of all that are wrong."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import pytest

T = TypeVar("T")


def check_every(cases: Mapping[str, T] | Iterable[tuple[str, T]], check: Callable[[T], None]) -> None:
    """Check each case by its name. `check` asserts; what it asserts is told for each case that fails."""
    named = list(cases.items() if isinstance(cases, Mapping) else cases)
    assert named, "there are no cases"
    failures = [f"{name}: {fault}" for name, case in named if (fault := _fault_of(check, case))]
    if failures:
        pytest.fail("\n".join([f"{len(failures)} of {len(named)} cases:", *failures]), pytrace=False)


def _fault_of(check: Callable[[T], None], case: T) -> str:
    try:
        check(case)
    except (Exception, pytest.fail.Exception) as fault:  # noqa: BLE001 - whatever goes wrong is told with the case's name
        return f"{type(fault).__name__}: {fault}"
    return ""
