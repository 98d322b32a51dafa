"""The pinned files are complete, hashed, free of addresses, and in step with pyproject.toml."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]
RUN_TIME = [Requirement(line) for line in PROJECT["dependencies"]]
DEV = [*RUN_TIME, *(Requirement(line) for line in PROJECT["optional-dependencies"]["dev"])]
AUDIT = [Requirement(line) for line in SETTINGS["dependency-groups"]["audit"]]
FILES = {"requirements.txt": RUN_TIME, "requirements-dev.txt": DEV, ".github/requirements-audit.txt": AUDIT}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> Iterator[Requirement]:
    """Return each pinned package. A package may be pinned twice, for different machines."""
    for line in text_of(name).replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            yield Requirement(line.partition(" --hash")[0])


def closure(wanted: list[Requirement]) -> set[str]:
    """Return the names of these packages and of all that they need on any machine, if they are installed here."""
    found: set[str] = set()
    queue = [(requirement, requirement.extras) for requirement in wanted]
    while queue:
        requirement, extras = queue.pop()
        key = canonicalize_name(requirement.name)
        if key in found and not extras:
            continue
        found.add(key)
        try:
            needed = [Requirement(line) for line in requires(requirement.name) or []]
        except PackageNotFoundError:
            continue  # for another system or another Python
        for nested in needed:
            asked = re.findall(r"extra == ['\"]([\w-]+)['\"]", str(nested.marker or ""))
            if not asked or set(asked) & extras:
                queue.append((nested, nested.extras))
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_dependency_is_pinned_within_what_pyproject_allows_and_no_file_holds_an_address(name: str) -> None:
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links| @ ", text_of(name))
    pinned = {canonicalize_name(pin.name): pin for pin in pins(name)}
    for wanted in FILES[name]:
        pin = pinned.get(canonicalize_name(wanted.name))
        assert pin is not None, f"{wanted.name} is not in {name}"
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert wanted.specifier.contains(exact.version), f"{name} pins {pin}, pyproject asks for {wanted}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])  # the others are not installed here
def test_nothing_is_pinned_that_nobody_needs(name: str) -> None:
    assert {canonicalize_name(pin.name) for pin in pins(name)} - closure(FILES[name]) == set()


def test_what_runs_in_production_is_what_was_tested() -> None:
    assert {str(pin) for pin in pins("requirements.txt")} <= {str(pin) for pin in pins("requirements-dev.txt")}


FREE = {"MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PSF-2.0"}


def test_every_package_of_the_bot_has_a_licence_that_a_company_can_use() -> None:
    listed = dict(re.findall(r"^\| ([\w.-]+) \| (.+) \|$", text_of(".github/LICENSES.md"), re.MULTILINE))
    pinned = {canonicalize_name(pin.name) for pin in pins("requirements.txt")}
    assert pinned - listed.keys() == set()
    assert {name: listed[name] for name in pinned if not set(re.split(r" (?:AND|OR) ", listed[name])) <= FREE} == {}
    own = {name: metadata(name).get_all("License-Expression") or [] for name in pinned}  # where it is given so
    assert {name for name, licences in own.items() for licence in licences if licence != listed[name]} == set()
