"""The desk fits in a message however much there is to show; its lists become shorter."""

import json
from dataclasses import replace

import pytest

from bot.coach.team import Desk, Report
from bot.core.catalog import Catalog
from bot.core.practice import Blocker
from bot.core.questions import Unanswered
from bot.core.team import Population, figures, team
from bot.playground.emulator.rules import assert_slack_ok
from bot.slack.blocks import section
from bot.slack.team import desk
from tests.real_content import load
from tests.slack.screens.desk import MONDAY, NEXT, WEEKS, losses, results
from tests.slack.screens.small_catalog import SMALL

REAL = load()
LONG = "y" * 60


def long_names(catalog: Catalog) -> Catalog:
    """Return the catalogue with names as long as content allows."""
    return replace(
        catalog,
        roles={slug: each.model_copy(update={"name": LONG, "becomes": LONG}) for slug, each in catalog.roles.items()},
        skills={slug: each.model_copy(update={"name": LONG}) for slug, each in catalog.skills.items()},
        themes={slug: each.model_copy(update={"name": LONG}) for slug, each in catalog.themes.items()},
        needs={slug: each.model_copy(update={"name": LONG}) for slug, each in catalog.needs.items()},
    )


def fullest(catalog: Catalog) -> Desk:
    """Return the desk of a team about which there is as much to show as there can be."""
    everything = dict.fromkeys(catalog.skills, 100)
    population = Population(
        members=400, weekly=300, roles=dict.fromkeys(catalog.roles, 20), skills=dict.fromkeys(catalog.skills, 9),
        done={2: 90}, blocked={1: 60}, reasons=dict.fromkeys(Blocker, 50), lacks=dict.fromkeys(catalog.needs, 100),
        asked=everything, right=everything,
    )  # fmt: skip
    report = Report(team(catalog, figures(catalog, population), None), MONDAY, None, WEEKS)
    ends_today = results(SMALL)[0]
    asked = tuple(Unanswered("w" * 198 + str(number), 3) for number in range(10, 15))
    return Desk(report, NEXT, "Europe/Berlin", (ends_today,) * 5, losses(), asked)


@pytest.mark.parametrize("taught", [REAL, long_names(REAL)], ids=["real-names", "names-of-60-letters"])
def test_the_fullest_desk_fits_with_charts_and_without(taught: Catalog) -> None:
    drawn = desk.desk(fullest(taught), trouble=[section("x" * 500)] * 3)
    assert drawn.without_charts is not None
    for message in (drawn, drawn.without_charts):
        assert_slack_ok(json.loads(message.body()), "message")
        assert "Some lists are shortened here" in message.body()
        for title in ("Where help is needed", "Checks by skill", "Choose quotes", "Questions that I could not answer"):
            assert title in message.body()


def test_a_desk_that_fits_is_shown_in_full() -> None:
    plain = replace(fullest(REAL), results=(), unanswered=())
    body = desk.desk(plain).body()
    assert "Some lists are shortened here" not in body
    assert body.count('"How?"') == 10
