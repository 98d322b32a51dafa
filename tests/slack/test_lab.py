"""Labs as members see them: their data, *My answer*, the verdict, and what is kept."""

from pathlib import Path
from typing import Any

import pytest

from bot.core.labs import Amount, Data, data_for
from bot.core.member import MemberKey
from bot.labs import LABS
from bot.playground.emulator.faults import refuse
from bot.run.app import Bot
from bot.slack import lab as screen
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.labs.test_labs import known_mistakes, right_answer
from tests.running import every_row, rows_about
from tests.slack.talk import Talk, Talks, labels_of, pressed, words_of
from tests.slack.writer import Writer

EMIL = "U02EMIL"
IN_A_FILE = "Your data is in our direct messages, as the file"


def data_of(bot: Bot, name: str, number: int = 1) -> Data:
    """Return what the bot makes for a member."""
    services = bot.services
    (workspace,) = services.installations.workspace_ids
    return data_for(LABS[name], services.catalog.labs[name], services.lab_secret, MemberKey(workspace, EMIL), number)


async def answers(talk: Talk, text: str, label: str = "My answer") -> str:
    await talk.does(f"[{label}]")
    return await talk.does(f"({screen.ANSWER}={text})")


async def begins(talk: Talk, line: str) -> str:
    """Return the answer, beside which a file may come."""
    slack = talk.slack
    async with slack.watching(talk.who) as outcome:
        if line.startswith("["):
            await slack.click(talk.who, talk.last, *pressed(talk.last, line[1:-1]))
        else:
            await slack.command(talk.who, line)
        while not (cards := [message for message in outcome.messages if message.blocks]):
            assert await outcome.changed(slack.patience), line
    (talk.last,) = cards
    return words_of(talk.last)


def files_of(slack: StandIn) -> dict[str, str]:
    return {file.name: (file.content or b"").decode() for file in slack.hub.files.values()}


@pytest.mark.usefixtures("bot")
async def test_without_the_right_to_send_files_the_data_stands_in_the_message(
    talk: Talks, slack: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.faults.add(refuse("files.getUploadURLExternal", error="missing_scope"))
    conversation = talk()
    said = await begins(conversation, "/roleshift lab failures")
    assert IN_A_FILE not in said
    assert "\n30," in said
    monkeypatch.setattr(screen, "MAX_IN_MESSAGE", 100)
    slack.faults.add(refuse("files.getUploadURLExternal", error="missing_scope"))
    said = await begins(conversation, "/roleshift lab failures")
    assert "`files:write`" in said
    assert labels_of(conversation.last) == ["Try again"]
    assert f"{IN_A_FILE} `failures-1.csv`." in await begins(conversation, "[Try again]")


async def test_each_lab_begins_from_the_menu_and_only_that_it_is_solved_is_kept(
    talk: Talks, bot: Bot, tmp_path: Path
) -> None:
    conversation = talk()

    async def check(name: str) -> None:
        lab, data = bot.services.catalog.labs[name], data_of(bot, name)
        assert f"• {lab.name} · {lab.minutes} min" in await conversation.does("/roleshift lab")
        said = await begins(conversation, f"[Choose a lab: {lab.name}]")
        assert lab.text.format(**data.figures) in said
        assert IN_A_FILE in said or all(line in said for line in data.table.splitlines())
        card = conversation.last
        for wrong, says in list(known_mistakes(data).values())[:2]:
            conversation.last = card
            assert says in await answers(conversation, wrong)
            assert labels_of(conversation.last) == ["Another answer", "Other data"]
        said = await answers(conversation, right_answer(data), "Another answer")
        assert f"*Solved: {lab.name}.* Right" in said
        assert labels_of(conversation.last) == ["Now on your own work", "All labs"]
        assert f"• {lab.name} · {lab.minutes} min · solved" in await conversation.does("[All labs]")

    await conversation.does("/roleshift lab judge")
    await answers(conversation, "4711.5")
    assert rows_about(tmp_path, EMIL) == [], "nothing is kept of who only tries"
    assert not [row for row in every_row(tmp_path) if "4711.5" in str(row)]
    await try_every(list(LABS), check)
    kept = [row for row in rows_about(tmp_path, EMIL) if row[0] == "lab_solved"]
    assert sorted(row[3] for row in kept) == sorted(LABS)


async def test_data_that_changed_since_is_shown_again(talk: Talks, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after another release of the words, or another secret."""
    conversation = talk()
    before = await conversation.does("/roleshift lab judge")
    right = right_answer(data_of(bot, "judge"))

    def other(*_: Any) -> Data:
        return Amount(bot.services.catalog.labs["judge"], 5.0, {}, data_of(bot, "judge", 7).figures)

    with monkeypatch.context() as patch:
        patch.setattr(screen, "data_for", other)
        assert "The data of this lab has changed since you got it." in await answers(conversation, right)
        assert before != await conversation.does("[Show it]")


async def test_a_lab_that_somebody_writes_to_the_bot_comes_in_the_direct_messages(writer: Writer, bot: Bot) -> None:
    *_, said = await writer.writes("lab cost")
    assert f"{IN_A_FILE} `cost-1.csv`." in words_of(said)
    assert files_of(writer.slack) == {"cost-1.csv": data_of(bot, "cost").table}
    talk = Talk(writer.slack, EMIL)
    talk.last = said
    assert "Solved" in await answers(talk, right_answer(data_of(bot, "cost")))
    await begins(talk, "/roleshift lab retrieval")
    assert "retrieval-1.txt" in files_of(writer.slack)
