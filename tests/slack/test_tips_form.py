"""Day, time and zone of weekly tips, in the form or typed: each mistake is shown at its place."""

from tests.every import try_every
from tests.slack.life import EMIL, Life


async def test_the_form_says_that_saving_opts_in_only_if_it_does(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift tips")
    assert "Saving this starts your weekly tips" in await talk.does("[Choose day and time]")
    assert "Weekly tips are on: Fridays 16:45, Berlin." in await talk.does("(day=4 time=16:45)")
    await talk.does("/roleshift tips")
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    await life.slack.close(EMIL, view)
    assert "Saving this" not in await talk.does("[Choose day and time]")


async def test_each_field_of_the_form_shows_its_mistake_and_keeps_the_input(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift tips")
    await talk.does("[Choose day and time]")
    assert await talk.does("(zone=GMT+5:30)") == "I don't know that time zone. Example: Asia/Kolkata"
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    assert view.state["zone"]["zone"]["value"] == "GMT+5:30"
    assert "Tuesdays 09:30, Kolkata" in await talk.does("(zone=asia/kolkata)")


async def test_a_zone_left_as_it_was_in_the_form_goes_on_following_slack(life: Life) -> None:
    talk = life.talk()
    await talk.does("/roleshift tips")
    await talk.does("[Choose day and time]")
    await talk.does("(day=3)")
    await life.slack.change_person(EMIL, zone="Asia/Tokyo")
    assert "Thursdays 09:30, Tokyo" in await talk.does("/roleshift tips")


async def test_typed_times_zones_and_pauses_get_an_answer(life: Life) -> None:
    async def check(case: tuple[str, str]) -> None:
        step, answer = case
        assert answer in await life.talk().does(step)

    await try_every(
        [
            ("/roleshift tips 25:99", "I need a time like `09:30` or `9am`, not `25:99`."),
            (
                "/roleshift tips zone Mars/Base",
                "I don't know the time zone `Mars/Base`. Type a big city near you",
            ),
            ("/roleshift tips zone", "Which time zone? Type your city"),
            ("/roleshift pause", "For how long?"),
            ("/roleshift pause until 2027-02-31", "For how long?"),
            ("/roleshift pause until 2001-01-01", "That day is over already."),
            ("/roleshift pause 999 weeks", "A pause lasts a year at most."),
            ("/roleshift tips sun 02:30", "Weekly tips are on: Sundays 02:30, Berlin."),
        ],
        check,
    )
