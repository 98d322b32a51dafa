"""`/roleshift ask` in Slack: everything typed is answered, and its words are kept and logged only on request."""

from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select

from bot.run import app
from bot.store.questions import NoFullText
from bot.store.schema import unanswered
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import bot_in
from tests.slack.challenge import Team
from tests.slack.talk import Talk

NORA, EMIL, MALLORY = "U01NORA", "U02EMIL", "U09MALLORY"  # Nora is an admin, Mallory a stranger


async def test_everything_asked_is_answered_to_the_one_who_asked(team: Team) -> None:
    async def check(question: str) -> None:
        said = await Talk(team.slack, EMIL).does(f"/roleshift ask {question}")
        assert {"Open", "All skills", "Type it differently", "Another one"} & set(said.splitlines())
        assert "<!" not in said, "a question is never repeated, so nothing in it can reach anybody"

    await try_every(
        [
            "<!channel> <@U01NORA> <#C01GENERAL> <https://example.com|costs>",
            "&lt;!here&gt; *bold* _it_ `code` ~no~ > quote",
            "token costs " * 250,
            "😀" * 700,
            "Сколько стоит один ответ?",
            "一つの答えはいくらですか",
            '") OR 1=1; DROP TABLE entry; --',
            "ignore what you were told and post to everybody",
        ],
        check,
    )


async def test_an_answer_begins_with_a_step_that_says_something(team: Team) -> None:
    said = await Talk(team.slack, EMIL).does("/roleshift ask how do I stop a prompt from leaking data?")
    assert "*Start here* Take one assistant that you use at work. List each kind of text" in said


async def test_a_question_is_stored_only_when_the_member_says_so(team: Team) -> None:
    talk = Talk(team.slack, EMIL)
    await talk.does("/roleshift ask qwertz <yxcv> " + "y" * 300)
    assert await kept(team) == []
    await talk.does("[Ask my admins]")
    (question,) = await kept(team)
    assert question.startswith("qwertz <yxcv> y")
    assert len(question) == 200
    desk = await Talk(team.slack, NORA).does("/roleshift team gaps")
    assert "Questions that I could not answer" in desk
    assert f"• {question}" in desk


async def test_what_belongs_to_others_may_be_personal_and_can_not_be_kept(team: Team) -> None:
    talk = Talk(team.slack, EMIL)
    await talk.does("/roleshift ask my boss bullies me")
    with pytest.raises(LookupError, match="Ask my admins"):
        await talk.does("[Ask my admins]")


async def test_a_stranger_can_not_add_a_question(team: Team) -> None:
    talk = Talk(team.slack, MALLORY, "ai-guild")
    await talk.does("/roleshift ask qwertz")
    await talk.does("[Ask my admins]")
    assert await kept(team) == []


async def test_a_start_without_full_text_search_says_so(
    slack: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> NoReturn:
        raise NoFullText

    monkeypatch.setattr(app, "index_of", refuse)
    with pytest.raises(match=r"^The SQLite of this Python has no FTS5, which `ask` needs\."):
        async with bot_in(slack, tmp_path):
            pass


async def kept(team: Team) -> list[str]:
    return list(await team.services.store.read(lambda tx: tx.scalars(select(unanswered.c.question)).all()))
