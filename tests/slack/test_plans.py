"""*Remind me* on a tip: the form, the tip that is redrawn, the reminder with the member's words, and the list."""

from datetime import timedelta

from bot.core.calendar import zone_of
from bot.slack.blocks import moment
from tests.slack.life import EMIL, Life
from tests.slack.talk import Talk, choices_of, labels_of, pressed, words_of

ZONE, CUE = "Europe/Berlin", "Thursday's stand-up ends"


def day(life: Life, ahead: int = 1) -> str:
    return (life.slack.clock() + timedelta(days=ahead)).date().isoformat()


def tomorrow_at(life: Life, hour: int) -> str:
    local = (life.slack.clock() + timedelta(days=1)).replace(minute=0).astimezone(zone_of(ZONE))
    return moment(local.replace(hour=hour), ZONE)


async def weekly_tip(life: Life) -> Talk:
    """Return this week's tip, which came on a Tuesday before noon."""
    await life.says_yes()
    await life.until_tuesday()
    return life.came()[-1]


async def plans(life: Life, tip: Talk) -> str:
    """Plan a reminder of a tip for tomorrow at ten, and return what the tip says then."""
    assert "I remind you once" in await tip.does("[Remind me]")
    return await tip.does(f"(day={day(life)} time=10:00)")


async def test_a_planned_tip_says_so_in_place_and_its_reminder_quotes_the_member(life: Life) -> None:
    nudge = await weekly_tip(life)
    when = f"{tomorrow_at(life, 10)}, when {CUE}."
    await nudge.does("[Remind me]")
    assert f"Reminder: {when}" in await nudge.does(f"(day={day(life)} time=10:00 cue=When {CUE}.)")
    nudge = life.came()[-1]  # as it is after a reload
    assert "Change time" in labels_of(nudge.last)
    title = nudge.last.text.partition(": ")[2]

    await life.until(2)
    *_, reminder = life.came()
    assert reminder.last.text == f"You planned this: {title}"
    assert "*Done when*" in words_of(reminder.last)
    redrawn = await reminder.does("[Did it]")
    assert "\nDone" in redrawn
    assert f"You said: when {CUE}, I will do this." in redrawn
    before = len(life.came())
    await life.until(4)
    assert len(life.came()) == before, "a reminder comes once"


async def test_each_mistake_is_shown_at_its_field_and_a_moment_outside_the_hours_becomes_the_next_one(
    life: Life,
) -> None:
    nudge = await weekly_tip(life)
    await nudge.does("[Remind me]")
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    for fields in ({"day": day(life, 0), "time": "00:05"}, {"time": "10:00", "cue": "x" * 81}):
        seen = await life.slack.submit(EMIL, view, fields, unchecked=True)
        assert seen.errors.keys() == {list(fields)[-1]}
    said = await nudge.does(f"(day={day(life, 0)} time=22:00 cue=)")
    assert f"Reminder: {tomorrow_at(life, 8)}." in said
    assert "What you chose is outside your hours" in said


async def test_the_list_changes_and_cancels_in_place_and_says_what_to_do_when_empty(life: Life) -> None:
    await plans(life, await weekly_tip(life))
    talk = life.talk()
    assert tomorrow_at(life, 10) in await talk.does("/roleshift plan")
    assert [*labels_of(talk.last), *choices_of(talk.last)] == ["Did it", "Change time", "Cancel"]
    await talk.does("[Change time]")
    assert tomorrow_at(life, 11) in await talk.does("(time=11:00)")
    said = await talk.does("[Cancel]")
    assert "is cancelled." in said
    assert "You have planned nothing. Press *Remind me* on a tip, and I remind you of it." in said
    await talk.does("[Plan it again]")
    assert tomorrow_at(life, 10) in await talk.does(f"(day={day(life)} time=10:00)")
    assert "\nDone" in await talk.does("[Did it]")


async def test_a_reminder_comes_as_a_file_for_calendars_and_says_so_when_it_is_cancelled(life: Life) -> None:
    nudge = await weekly_tip(life)
    await plans(life, nudge)
    async with life.slack.watching(EMIL) as seen:
        await life.slack.click(EMIL, nudge.last, *pressed(nudge.last, "As a calendar file"))
        while not any("The file is in our direct messages." in words_of(each) for each in seen.messages):
            assert await seen.changed(life.slack.patience)
    (file,) = life.slack.hub.files.values()
    assert file.name.endswith(".ics")
    assert f"DTSTART:{day(life).replace('-', '')}T090000Z" in (file.content or b"").decode()
    await nudge.does("[Cancel reminder]")
    assert "As a calendar file" not in choices_of(nudge.last)
