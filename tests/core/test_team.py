"""Nothing about fewer than five people can be read from figures. The tests try all counts that look the same."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.outbox import DeliveryState
from bot.core.practice import Blocker
from bot.core.team import (
    ASKED,
    BLOCKED_BY,
    DID,
    KNOWS,
    LACKS,
    MEMBERS,
    MIN_GROUP,
    RIGHT,
    SAID_YES,
    WHOLE,
    Blocking,
    Ended,
    Group,
    Known,
    figure,
    figures,
    lacked,
    large,
    report,
    shown_of,
)
from tests.slack.screens.small_catalog import SMALL

sizes = st.sampled_from((0, 1, 4, 5, 14, 15, 16, 20, 24))  # at the limits: any size hits the rules too rarely


@st.composite
def workspaces(draw: st.DrawFn) -> dict[str, Group]:
    """Draw a workspace with up to three teams, all or some of whose members did a tip or know a skill."""
    teams = {f"t{number}": draw(sizes) for number in range(draw(st.integers(0, 3)))}
    members = sum(teams.values()) + draw(sizes)
    did = {team: draw(st.integers(0, size) | st.just(size)) for team, size in teams.items()}
    rest = members - sum(teams.values())
    whole = {DID: sum(did.values()) + draw(st.integers(0, rest) | st.just(rest)), "knows:costs": draw(sizes)}
    return {WHOLE: Group(members, whole), **{team: Group(size, {DID: did[team]}) for team, size in teams.items()}}


@given(workspaces())
def test_a_figure_is_a_multiple_of_five_of_a_large_team_or_of_fifteen_members(groups: dict[str, Group]) -> None:
    shown = figures(groups)
    assert all(count >= MIN_GROUP and count % MIN_GROUP == 0 for each in shown.values() for count in each.values())
    assert all(groups[team].members >= 15 for team in shown if team != WHOLE)
    assert not any("knows:costs" in each for team, each in shown.items() if team != WHOLE)
    if groups[WHOLE].members < 15:
        assert all(each.keys() == {MEMBERS} for each in shown.values())


@given(workspaces())
def test_five_members_or_more_are_in_no_team_with_figures(groups: dict[str, Group]) -> None:
    found = large(groups)
    outside = groups[WHOLE].members - sum(each.members for each in found.values())
    assert not found or outside >= MIN_GROUP
    assert list(found) == [team for team in groups if team in found], "the teams added last give way"


def test_a_figure_never_tells_that_all_or_all_but_one_to_four_did_it() -> None:
    for members in range(60):
        for count in range(members + 1):
            like = [other for other in range(members + 1) if figure(other, members) == figure(count, members)]
            assert members - min(like) >= MIN_GROUP or members < MIN_GROUP, (members, count)
            assert max(like) >= min(members, MIN_GROUP - 1), (members, count)


def alike(groups: dict[str, Group], name: str) -> Iterator[tuple[int, ...]]:
    """Yield all counts of the teams and of the rest for which the same figures are shown."""
    teams = [team for team in groups if team != WHOLE]
    rest = groups[WHOLE].members - sum(groups[team].members for team in teams)
    told = figures(groups)
    for counts in product(*(range(groups[team].members + 1) for team in teams), range(rest + 1)):
        other = {team: Group(groups[team].members, {name: own}) for team, own in zip(teams, counts, strict=False)}
        if figures({WHOLE: Group(groups[WHOLE].members, {name: sum(counts)}), **other}) == told:
            yield counts


@pytest.mark.parametrize(("outside", "of_outside"), [(5, 5), (5, 0), (6, 6), (7, 7), (11, 10), (3, 3)])
def test_the_figures_of_whole_and_team_together_settle_nobody_of_the_rest(outside: int, of_outside: int) -> None:
    for own in (0, 4, 5, 7, 12, 15):
        groups = {WHOLE: Group(15 + outside, {DID: own + of_outside}), "t": Group(15, {DID: own})}
        found = list(alike(groups, DID))
        team, rest = ({counts[place] for counts in found} for place in (0, 1))
        assert team - {0, 15}, (own, found)
        assert rest - {0, outside} or rest == {0, outside}, (own, found)


def test_a_team_below_five_counts_with_the_rest_and_the_whole_is_the_sum() -> None:
    groups = {
        WHOLE: Group(60, {DID: 25, SAID_YES: 30}),
        "a": Group(20, {DID: 13, SAID_YES: 20}),
        "b": Group(16, {DID: 4, SAID_YES: 5}),
        "small": Group(14, {DID: 8}),
    }
    assert figures(groups) == {
        WHOLE: {MEMBERS: 60, DID: 15 + 10, SAID_YES: 15 + 5 + 5},  # "a" may not say that all said yes
        "a": {DID: 15, SAID_YES: 15},
        "b": {SAID_YES: 5},
    }


def test_a_report_names_what_blocks_most_first_and_skills_with_a_figure() -> None:
    found = {MEMBERS: 30, LACKS + "logs": 5, LACKS + "test-set": 15, BLOCKED_BY + Blocker.NO_TIME: 10,
             KNOWS + "token-costs": 10, ASKED + "quality": 15, RIGHT + "quality": 5, "an older figure": 20}  # fmt: skip
    said = report(SMALL, found)
    needs, skills = SMALL.needs, SMALL.skills
    assert said.blocking == (
        Blocking(needs["test-set"], 15), Blocking(Blocker.NO_TIME, 10), Blocking(needs["logs"], 5)
    )  # fmt: skip
    assert said.known == (Known(skills["token-costs"], 10, None, None), Known(skills["quality"], None, 15, 5))
    assert (said.members, said.did) == (30, None)
    assert lacked(said) == {"test-set"}


def test_nudges_that_did_not_reach_fewer_than_five_members_are_not_told_apart() -> None:
    ended = [
        Ended(DeliveryState.REFUSED, "messages_tab_disabled", 4),
        Ended(DeliveryState.MISSED, "window over", 13),
        Ended(DeliveryState.UNCONFIRMED, None, 5),
    ]
    missed, unconfirmed = Ended(DeliveryState.MISSED, "window over", 15), ended[2]
    assert shown_of(ended, 20) == (missed, unconfirmed)
    assert shown_of(ended, 0) == ()
