"""What a member has, said in the form of `/roleshift situation`."""

from pathlib import Path

from tests.slack.life import EMIL, Life, situation_of


async def test_the_form_opens_with_what_was_saved_and_says_what_waits(life: Life, tmp_path: Path) -> None:
    talk = life.talk()
    await talk.does("/roleshift myrole sre")
    await talk.does("[What can you use?]")
    said = await talk.does("(needs0=logs)")
    assert "Saved: you have 1 of 10." in said
    assert "wait for the product's code" in said
    assert situation_of(tmp_path) == {need: int(need == "logs") for need in life.services.catalog.needs}
    assert life.slack.workspace.screens.stacks[EMIL] == []
    await talk.does("/roleshift situation")
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    (boxes,) = (block["element"] for block in view.blocks if block["type"] == "input")
    assert [option["value"] for option in boxes["initial_options"]] == ["logs"]


async def test_a_need_that_the_form_does_not_offer_is_not_stored(life: Life, tmp_path: Path) -> None:
    talk = life.talk()
    await talk.does("/roleshift situation")
    (view,) = life.slack.workspace.screens.stacks[EMIL]
    needs, _, behind = view.spec["private_metadata"].partition("\n")
    assert needs
    view.spec["private_metadata"] = f"logs a-need-of-last-year\n{behind}"
    await talk.does("()")
    assert situation_of(tmp_path) == {"logs": 0}
