"""*Remind me* on a tip: the form, the tip that is redrawn, the reminder with the member's words, and the list."""

from datetime import timedelta

from bot.core.calendar import zone_of
from bot.playground.emulator.views import View
from bot.slack.blocks import moment
from tests.slack.life import EMIL, Life
from tests.slack.talk import Talk, choices_of, labels_of, pressed, words_of

ZONE, CUE = "Europe/Berlin", "Thursday's stand-up ends"
OPEN = ["Did it", "Copy kit", "Remind me", "See one done", "Blocked"]
PLANNED = ["Did it", "Copy kit", "Change time", "See one done", "Blocked"]


async def opens(life: Life, came: Talk, label: str = "Remind me") -> View:
    seen = await life.slack.click(EMIL, came.last, *pressed(came.last, label))
    return seen.form


async def saves(life: Life, came: Talk, **fields: str) -> str:
    """Fill in the form and save it, which closes it. Return what the message behind it says then."""
    seen = await life.slack.save(EMIL, fields)
    assert seen.view is None
    came.last = seen.message
    return words_of(came.last)


def tomorrow(life: Life, days: int = 1) -> str:
    return (life.slack.clock() + timedelta(days=days)).date().isoformat()


def tomorrow_at(life: Life, hour: int) -> str:
    day = (life.slack.clock() + timedelta(days=1)).replace(minute=0)
    local = day.astimezone(zone_of(ZONE)).replace(hour=hour)
    return moment(local, ZONE)


async def weekly_tip(life: Life) -> Talk:
    """Return this week's tip, which came on a Tuesday before noon."""
    await life.says_yes()
    await life.until_tuesday()
    return life.came()[-1]


async def test_a_planned_tip_says_so_in_place_and_its_reminder_quotes_the_member(life: Life) -> None:
    nudge = await weekly_tip(life)
    assert labels_of(nudge.last) == OPEN
    when = f"{tomorrow_at(life, 10)}, when {CUE}."
    await opens(life, nudge)
    said = await saves(life, nudge, day=tomorrow(life), time="10:00", cue=f"When {CUE}.")
    assert f"Reminder: {when}" in said
    nudge = life.came()[-1]  # as it is after a reload
    assert f"Reminder: {when}" in words_of(nudge.last)
    assert labels_of(nudge.last) == PLANNED
    title = nudge.last.text.partition(": ")[2]

    await life.until(2)
    *_, reminder = life.came()
    assert reminder.last.text == f"You planned this: {title}"
    assert f"You said: when {CUE}, I will do this." in words_of(reminder.last)
    assert "*Done when*" in words_of(reminder.last)
    redrawn = await reminder.does("[Did it]")
    assert "\nDone" in redrawn
    assert f"You said: when {CUE}, I will do this." in redrawn
    before = len(life.came())
    await life.until(4)
    assert len(life.came()) == before, "a reminder comes once"


async def test_each_mistake_is_shown_at_its_field_and_keeps_what_was_typed(life: Life) -> None:
    nudge = await weekly_tip(life)
    view = await opens(life, nudge)
    for field, fields, said in (
        ("time", {"day": tomorrow(life, 0), "time": "00:05", "cue": CUE}, "That time is over. Pick a later one."),
        ("cue", {"day": tomorrow(life), "time": "10:00", "cue": "x" * 81}, "At most 80 characters."),
    ):
        seen = await life.slack.submit(EMIL, view, fields, unchecked=True)
        assert seen.errors == {field: said}
        assert view.state["cue"]["cue"]["value"] == fields["cue"]
    await life.slack.close(EMIL, view)
    assert not nudge.last.edited


async def test_a_moment_outside_the_members_hours_is_answered_with_the_real_one(life: Life) -> None:
    nudge = await weekly_tip(life)
    await opens(life, nudge)
    said = await saves(life, nudge, day=tomorrow(life, 0), time="22:00")
    assert f"Reminder: {tomorrow_at(life, 8)}." in said
    assert "What you chose is outside your hours" in said


async def test_the_list_changes_and_cancels_in_place_and_says_what_to_do_when_empty(life: Life) -> None:
    nudge = await weekly_tip(life)
    await opens(life, nudge)
    await saves(life, nudge, day=tomorrow(life), time="10:00", cue=CUE)
    talk = life.talk()
    assert f"{tomorrow_at(life, 10)}, when {CUE}" in await talk.does("/roleshift plan")
    assert [*labels_of(talk.last), *choices_of(talk.last)] == ["Did it", "Change time", "Cancel"]
    await opens(life, talk, "Change time")
    await saves(life, talk, time="11:00")
    assert tomorrow_at(life, 11) in words_of(talk.last)
    said = await talk.does("[Cancel]")
    assert "is cancelled." in said
    assert "You have planned nothing. Press *Remind me* on a tip, and I remind you of it." in said
    await opens(life, talk, "Plan it again")
    await saves(life, talk, day=tomorrow(life), time="10:00")
    assert tomorrow_at(life, 10) in words_of(talk.last)
    assert "\nDone" in await talk.does("[Did it]")


async def test_a_reminder_comes_as_a_file_for_calendars_and_says_so_when_it_is_cancelled(life: Life) -> None:
    nudge = await weekly_tip(life)
    await opens(life, nudge)
    await saves(life, nudge, day=tomorrow(life), time="10:00")
    planned = nudge.last
    async with life.slack.watching(EMIL) as seen:
        await life.slack.click(EMIL, nudge.last, *pressed(nudge.last, "As a calendar file"))
        while not any("The file is in our direct messages." in words_of(each) for each in seen.messages):
            assert await seen.changed(life.slack.patience)
    (file,) = life.slack.hub.files.values()
    assert file.name.endswith(".ics")
    assert f"DTSTART:{tomorrow(life).replace('-', '')}T090000Z" in (file.content or b"").decode()
    nudge.last = planned
    await nudge.does("[Cancel reminder]")
    assert "As a calendar file" not in choices_of(nudge.last)
