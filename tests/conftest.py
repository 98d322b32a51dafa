"""Fixtures for every test: the real content, and how thorough and strict a run is."""

import gc
import os
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from bot.content import library
from bot.content.library import Library, open_library
from bot.core.catalog import Catalog
from bot.run import connect
from tests import real_content
from tests.patience import patience
from tests.shared_compilation import shared_compilation
from tests.statements import Reader, reading

# As in CI: a missing server or browser is a failure, not a skip.
STRICT = os.environ.get("ROLESHIFT_TEST_STRICT") == "1"
FUZZ_CASES = int(os.environ.get("ROLESHIFT_TEST_FUZZ", "100"))  # how often each fuzz and property tries

TESTS = Path(__file__).parent
WAITING = ("benchmarks/", "end_to_end/", "faults/", "playground/web/")
SLOW = (*WAITING, "jobs/test_command_line.py", "playground/test_play.py", "test_backup.py", "test_container.py")
EVERY = 4  # one of so many files, at the beginning of a run

# No deadline: a busy machine is no fault. The same examples in every run, and no files left behind.
settings.register_profile("roleshift", max_examples=FUZZ_CASES, deadline=None, derandomize=True, database=None)
settings.load_profile("roleshift")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which ROLESHIFT_TEST_STRICT forbids: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector rest while tests are collected, and then leave all that there is alone.

    Modules and thousands of tests stay to the end. To look through them took a fifth of the time of a test.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files that mostly wait over the first part of a run, so that other tests use the processors meanwhile.

    None of them is among the last files: no worker is left alone with one at the end.
    """
    files = list(dict.fromkeys(item.path for item in items))
    waiting = [path for path in files if path.relative_to(TESTS).as_posix().startswith(WAITING)]
    others = [path for path in files if path not in waiting]
    places = {path: EVERY * place for place, path in enumerate(waiting)} | {
        path: place for place, path in enumerate(others)
    }
    items.sort(key=lambda item: places[item.path])
    for item in items:
        if item.path.relative_to(TESTS).as_posix().startswith(SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return real_content.load()


@pytest.fixture(scope="session", autouse=True)
def content_is_read_once() -> Iterator[None]:
    """Give what runs in this process the content that it has read already, unless it has packs."""

    def opened(packs: Sequence[Path]) -> Library:
        return open_library(packs) if packs else real_content.shared_library()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connect, "open_library", opened)
        patch.setattr(library, "load", real_content.load_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def a_slow_machine_is_no_fault() -> Iterator[None]:
    """Let no test reach the time limits of the bot and of Slack, unless it sets them itself."""
    with patience():
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    with shared_compilation():
        yield


@pytest.fixture(scope="session")
def statements() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


@pytest.fixture(autouse=True)
def every_statement_names_its_workspace(statements: Reader) -> Iterator[None]:
    """Fail a test in which a statement left open whose rows it reads or changes."""
    yield
    if told := statements.told():
        pytest.fail(told, pytrace=False)


@pytest.fixture(params=range(FUZZ_CASES // 100), ids=lambda seed: f"seed-{seed}")
def seed(request: pytest.FixtureRequest) -> int:
    """Return the seed of a fuzz test. It runs once for each seed, with a hundred tries, and its name tells the seed."""
    chosen: int = request.param
    return chosen
