"""The form with the settings of a workspace: saved, refused at a field, and for admins alone."""

import pytest

from bot.slack.form import FieldError
from bot.slack.team import settings as form
from tests.every import check_every
from tests.slack.challenge import in_field
from tests.slack.talk import Talk, Talks, shown, words_of

NORA, EMIL = "U01NORA", "U02EMIL"
GOOD = {
    form.DAY: "3", form.TIME: "16:00", form.QUIET_FROM: "22:00", form.QUIET_TO: "07:30", form.WEEKEND: "45",
    form.BUDGET: "3",
    form.CHANNEL: "C02PLATFORM", form.WHO: "members",
}  # fmt: skip
A_TIME = "I need a time like 09:30 (24 h)."
WRONG = [
    (form.DAY, "7", "Pick a day."),
    (form.TIME, "25:99", A_TIME),
    (form.QUIET_FROM, "9pm-ish", A_TIME),
    (form.QUIET_TO, "24:00", A_TIME),
    (form.WEEKEND, "5", "Pick one."),
    (form.BUDGET, "0", "Pick one."),
    (form.CHANNEL, "general", "Pick a public channel, or none."),
    (form.WHO, "everybody", "Pick one."),
    (form.QUIET_TO, "07:30", "That leaves less than an hour a day. Make the quiet hours shorter."),
]


async def opened(talk: Talk) -> None:
    await talk.does("/roleshift team")
    await talk.does("[Settings]")


async def submitted(who: Talk, fields: dict[str, str], *, out: bool = False) -> str:
    """Save the form. `out`: with assistants kept out."""
    outcome = await who.slack.save(who.who, {**fields, form.ASSISTANTS: [form.NONE] if out else []})
    said = "\n".join(outcome.errors.values()) or (outcome.view and shown("", outcome.view.blocks))
    return said or words_of(outcome.message)


async def test_saved_settings_hold_for_later_opt_ins_and_fill_in_the_form(talk: Talks) -> None:
    nora = talk(NORA)
    await opened(nora)
    assert "Saved." in await submitted(nora, GOOD)
    assert "Your weekly tips are on: Thursdays 16:00, Berlin." in await talk(EMIL).does("/roleshift tips on")
    await opened(nora)
    (view,) = nora.slack.workspace.screens.stacks[NORA]
    kept = (form.TIME, form.QUIET_FROM, form.QUIET_TO, form.CHANNEL)
    assert {name: in_field(view, name) for name in kept} == {name: GOOD[name] for name in kept}
    assert in_field(view, form.WEEKEND)["value"] == GOOD[form.WEEKEND]
    assert "Saved." in await submitted(nora, GOOD | {form.WEEKEND: form.NONE}, out=True)
    await opened(nora)
    (view,) = nora.slack.workspace.screens.stacks[NORA]
    assert in_field(view, form.WEEKEND)["text"]["text"] == "No weekend"
    assert [option["value"] for option in in_field(view, form.ASSISTANTS)] == [form.NONE]


def test_a_value_that_the_form_does_not_offer_and_a_day_without_an_hour_are_refused_at_their_field() -> None:
    def check(case: tuple[str, str, str]) -> None:
        field, wrong, said = case
        with pytest.raises(FieldError) as refused:
            form.read(GOOD | {form.QUIET_FROM: "08:00", form.QUIET_TO: "07:00", field: wrong})
        assert (refused.value.field, str(refused.value)) == (field, said)

    check_every(WRONG, check)
    assert form.read(GOOD | {form.QUIET_FROM: "08:00", form.QUIET_TO: "07:00"}).quiet_hours.quiet_to == 7 * 60
    assert form.read(GOOD | {form.CHANNEL: ""}).challenge_channel is None
