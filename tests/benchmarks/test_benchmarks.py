"""The benchmarks run and report what they promise. No test decides whether anything is fast enough."""

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.benchmarks.__main__ import BENCHMARKS, figures_of
from tests.benchmarks.figures import Figure

PATIENCE = 600  # seconds; a busy machine is no fault


@pytest.mark.timeout(PATIENCE)
def test_the_work_of_each_command_is_counted_in_the_real_bot() -> None:
    calls, _, commits = BENCHMARKS["A4"]()
    assert (calls.target, calls.kept, list(commits.measured)) == ("A4", True, [1])


def test_what_can_not_be_measured_without_postgresql_is_skipped() -> None:
    def measure() -> Iterator[Figure]:
        yield Figure("T1", "SQLite", [1.0])
        raise postgres.Unavailable("no programs")

    measured, skipped = figures_of("T1", measure)
    assert (measured.measured, skipped.kept) == ([1.0], None)
    assert "skipped" in str(skipped)
