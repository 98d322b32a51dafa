"""Who may be coached, and which time zones are real."""

import pytest

from bot.core.errors import NotCoached
from bot.core.member import Profile, known_zone


@pytest.mark.parametrize(
    "name",
    [None, "", "Mars/Base", "GMT+5:30", "Europe", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "x" * 5_000],
)
def test_what_is_no_zone_is_no_zone(name: str | None) -> None:
    assert (known_zone(name), known_zone("Asia/Kolkata")) == (None, "Asia/Kolkata")


def test_only_who_may_be_coached_passes() -> None:
    Profile(zone=None, coachable=True).check_coachable()
    with pytest.raises(NotCoached, match="nothing was stored"):
        Profile(zone="Europe/Berlin", coachable=False, is_admin=True).check_coachable()
