"""Tokens of the emulator expire, accounts change, and generated workspaces are the same each time."""

from datetime import UTC, datetime, timedelta

import pytest
from block_kit_samples import TEXT_INPUT, field, modal, plain, section

from bot.playground.demo.sample import fresh_sample, sample
from bot.playground.emulator.one_time_tokens import OneTimeTokens
from bot.playground.emulator.people import Person
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.workspace import Workspace
from bot.slack.payloads import User
from tests.driver.generated import ZONES

NORA, EMIL = "U01NORA", "U02EMIL"


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_trigger_lives_three_seconds_and_a_response_url_half_an_hour() -> None:
    clock = Hand()
    passes = OneTimeTokens(clock)
    fresh, stale, secret = passes.trigger(EMIL), passes.trigger(EMIL), passes.url(EMIL, "C1")
    clock.now += timedelta(seconds=3)
    assert passes.use_trigger(fresh).person == EMIL
    clock.now += timedelta(milliseconds=1)
    with pytest.raises(SlackRefusal, match="expired_trigger_id"):
        passes.use_trigger(stale)
    clock.now += timedelta(minutes=30) - timedelta(seconds=3, milliseconds=1)
    passes.find_url(secret)
    clock.now += timedelta(seconds=1)
    with pytest.raises(SlackRefusal, match="expired_url"):
        passes.find_url(secret)


def test_two_messages_never_share_a_timestamp() -> None:
    workspace = Workspace(sample(), Hand())
    stamps = [workspace.post("C01GENERAL", EMIL, "Hello").ts for _ in range(3)]
    assert stamps == ["1795512600.000000", "1795512600.000001", "1795512600.000002"]


def test_the_sample_workspace_has_22_members_who_may_be_coached_and_a_guest_who_may_not() -> None:
    people = sample().people
    profiles = {person.id: User.model_validate(person.as_slack("T1", Hand().now)).profile_in("T1") for person in people}
    assert sum(profile.coachable for profile in profiles.values()) == 24
    assert [member_id for member_id, profile in profiles.items() if not profile.coachable] == ["U05ISLA"]
    assert [member_id for member_id, profile in profiles.items() if profile.is_admin] == [NORA]
    played = "Nora Emil Asha Kenji Marta Priya Yusuf Minh Tessa Isla".split()
    assert [person.name.split()[0] for person in people if person.switchable] == played


def test_a_fresh_sample_has_ten_people_without_a_past_and_a_team_of_six() -> None:
    fresh = fresh_sample()
    assert (len(fresh.people), [len(group.people) for group in fresh.groups]) == (10, [6, 1])
    assert not any(person.note for person in fresh.people), "the guide of first steps is for who has no note"


def test_everyone_in_the_sample_can_be_told_apart_by_first_name_and_by_handle() -> None:
    people = sample().people
    for names in (
        [person.id for person in people],
        [person.handle for person in people],
        [person.handle.split(".")[0] for person in people],
    ):
        assert len(set(names)) == len(people)
    assert {person.zone for person in people} == set(ZONES)
    assert next(person.handle for person in people if person.name == "João Siqueira") == "joao.siqueira"
    assert Person("U1", "山田 太郎").handle == "u1", "else nobody could type it behind an @"


def test_a_zone_may_be_missing_and_summer_time_counts() -> None:
    july, december = (datetime(2026, month, 1, tzinfo=UTC) for month in (7, 12))
    person = Person("U1", "Ada Example", zone="Europe/Berlin")
    assert [person.as_slack("T1", at)["tz_offset"] for at in (july, december)] == [7_200, 3_600]
    assert Person("U1", "Ada Example", zone=None).as_slack("T1", july)["tz"] is None


def test_what_was_filled_in_stays_when_a_view_is_updated() -> None:
    workspace = Workspace(sample())
    form = modal(submit=plain("Save"), blocks=[field(TEXT_INPUT)])
    view = workspace.screens.open(EMIL, form)
    view.state["field"]["words"]["value"] = "kept"
    workspace.screens.update(view, form | {"blocks": [section(), *form["blocks"]]})
    assert view.state == {"field": {"words": {"type": "plain_text_input", "value": "kept"}}}


def test_three_views_lie_on_each_other_and_no_more() -> None:
    screens = Workspace(sample()).screens
    first = screens.open(EMIL, modal(external_id="one"))
    with pytest.raises(SlackRefusal, match="duplicate_external_id"):
        screens.push(EMIL, modal(external_id="one"))
    screens.push(EMIL, modal())
    screens.push(EMIL, modal())
    with pytest.raises(SlackRefusal, match="push_limit_reached"):
        screens.push(EMIL, modal())
    screens.close(first)
    assert screens.stacks[EMIL] == []
