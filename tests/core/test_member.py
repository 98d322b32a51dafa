"""Who may be coached, and which time zones are real."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import NotCoached
from bot.core.member import Profile, known_zone


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Kolkata", "America/Argentina/Ushuaia", "UTC"])
def test_an_iana_zone_is_kept_by_its_name(name: str) -> None:
    assert known_zone(name) == name


@pytest.mark.parametrize(
    "name",
    [None, "", "Mars/Base", "GMT+5:30", "Europe", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "x" * 5_000],
)
def test_what_is_no_zone_is_no_zone(name: str | None) -> None:
    assert known_zone(name) is None


@given(st.text(max_size=300))
def test_no_text_that_slack_could_send_as_a_zone_breaks_anything(name: str) -> None:
    assert known_zone(name) in {None, name}


def test_only_who_may_be_coached_passes() -> None:
    Profile(zone=None, coachable=True).check_coachable()
    with pytest.raises(NotCoached, match="nothing was stored"):
        Profile(zone="Europe/Berlin", coachable=False, is_admin=True).check_coachable()
