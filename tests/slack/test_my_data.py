"""A member sees what is kept about them, and takes it along: as a file, by a link that works once, or in parts."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from bot.coach import exports, membership
from bot.core.errors import NothingChanged
from bot.core.member import MemberKey, Profile
from bot.playground.emulator.faults import lose, refuse
from bot.run.app import Bot
from bot.slack.downloads import TOKEN
from bot.slack.exports import ForgottenMeanwhile, export_of
from bot.store.practice_tables import practice
from bot.store.tables import challenge
from tests.driver.apps import SCOPES, roleshift
from tests.driver.standin import StandIn
from tests.running import bot_in, rows_about
from tests.slack.posting import Reply, Sender, sender_to
from tests.slack.talk import Talk, words_of

EMIL = "U02EMIL"
PUBLIC = "https://coach.example.org"
LINE = "saved ```20 %``` & <!channel>"
LONG = "`<&>\n" * 400  # a text of which every letter needs several characters
PARTS = frozenset({"about_you", "naming_you"})
SAYS = "*What I keep about you, and why*"
USED = "used before, or is older"


@pytest.fixture
async def without_files() -> AsyncIterator[StandIn]:
    """Yield a workspace that did not grant `files:write`."""
    app = replace(roleshift(), scopes=SCOPES - {"files:write"})
    async with StandIn(app=app) as slack:
        yield slack
        assert {each.error for each in slack.refused} <= {"missing_scope"}


async def keeps_something(slack: StandIn) -> Talk:
    talk = Talk(slack, EMIL)
    await talk.does("/roleshift myrole sre")
    await talk.does("/roleshift learn cost spikes")
    return talk


def rows_of_practice(slack: StandIn, count: int) -> Any:
    who = MemberKey(slack.workspace.id, EMIL)._asdict()
    now = slack.clock()
    rows = [{**who, "tip": f"t{n:05}", "at": now, "step": "done", "line": LINE} for n in range(count)]
    return lambda tx: tx.execute(insert(practice), rows)


@pytest.mark.usefixtures("bot")
async def test_see_my_data_says_it_in_words_and_stores_nothing(slack: StandIn, tmp_path: Path) -> None:
    talk = Talk(slack, EMIL)
    assert SAYS in await talk.does("/roleshift privacy")
    assert "I keep nothing about you" in await talk.does("[See my data]")
    assert rows_about(tmp_path, EMIL) == []
    await keeps_something(slack)
    await talk.does("/roleshift privacy")
    said = await talk.does("[See my data]")
    assert "*Role*: DevOps Engineer" in said
    assert "1 skill that you marked" in said
    assert "• 0" not in said


async def test_an_export_comes_as_a_file_in_the_direct_messages(slack: StandIn, bot: Bot) -> None:
    await keeps_something(slack)
    await bot.services.store.write(rows_of_practice(slack, 1))
    seen = await slack.command(EMIL, "/roleshift privacy export")
    assert "in our direct messages, as a file" in seen.messages[-1].text
    (file,) = slack.hub.files.by_id.values()
    (shared,) = [each for each in slack.workspace.messages[slack.workspace.dm(EMIL).id] if each.files]
    assert shared.reader is None
    data = json.loads(file.content or b"")
    assert data["member_id"] == EMIL
    assert data["about_you"]["practice"][0]["line"] == LINE
    assert [mark["skill"] for mark in data["about_you"]["skill_mark"]] == ["cost-spikes"]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "conversations.open", "files.completeUploadExternal"])
@pytest.mark.usefixtures("bot")
async def test_if_slack_refuses_a_file_the_export_comes_in_parts(slack: StandIn, method: str) -> None:
    talk = await keeps_something(slack)
    slack.faults.add(refuse(method, error="restricted_action"))
    assert "Your data as JSON, part 1 of 1." in await talk.does("/roleshift privacy export")


@pytest.mark.usefixtures("bot")
async def test_if_slack_does_not_confirm_the_file_nobody_is_told_that_it_came(slack: StandIn) -> None:
    await keeps_something(slack)
    slack.faults.add(lose("files.completeUploadExternal"))
    seen = await slack.command(EMIL, "/roleshift privacy export")
    assert "Slack did not confirm the file." in words_of(seen.messages[-1])


async def test_each_block_of_a_part_is_json_lines_and_together_they_are_the_export(
    without_files: StandIn, tmp_path: Path
) -> None:
    slack = without_files
    async with bot_in(slack, tmp_path) as bot:
        talk = await keeps_something(slack)
        await bot.services.store.write(rows_of_practice(slack, 90))
        await bot.services.store.write(long_challenge(slack))
        said = [await talk.does("/roleshift privacy export")]
        while "[Next part]" in [f"[{label}]" for label in labels(talk)]:
            said.append(await talk.does("[Next part]"))
        assert len(said) > 1
        found = await export_of(bot.services.store, MemberKey(slack.workspace.id, EMIL))
    blocks = [part for page in said for part in page.split("```")[1::2]]
    assert all(len(block) < 3_000 for block in blocks)
    whose, *lines = [json.loads(line) for block in blocks for line in block.splitlines()]
    whole = json.loads(found.json) if found else {}
    assert joined(lines) == {part: {name: rows for name, rows in whole[part].items() if rows} for part in PARTS}
    assert whose == {name: whole[name] for name in ("workspace_id", "member_id")}
    assert [row["line"] for row in whole["about_you"]["practice"]] == [LINE] * 90
    assert whole["naming_you"]["challenge"][0]["task"] == LONG


def joined(lines: list[dict[str, Any]]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the rows of JSON Lines by table, with long rows put together again."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {part: {} for part in PARTS}
    for line in lines:
        (part,) = PARTS & line.keys()
        rows = found[part].setdefault(line[part], [])
        if "row" in line:
            rows.append(line["row"])
            continue
        for name, more in line["more_of_row"].items():
            rows[-1][name] = rows[-1][name] + more if name in rows[-1] else more
    return found


def long_challenge(slack: StandIn) -> Any:
    """Return what stores a challenge that the member started, with as long a text as there may be."""
    texts = {"title": "T", "task": LONG, "done_when": "D", "channel": "C1", "started_by": EMIL, "state": "draft"}
    flags = {"ends_at": slack.clock(), "shows_entries": True, "calls_last": True, "private": False, "postings": 0}
    row = {"workspace_id": slack.workspace.id, "challenge_id": "c1", **texts, **flags}
    return lambda tx: tx.execute(insert(challenge), row)


def labels(talk: Talk) -> list[str]:
    blocks = talk.last.blocks or [] if talk.last else []
    return [each["text"]["text"] for block in blocks if block["type"] == "actions" for each in block["elements"]]


async def test_a_part_of_data_that_changed_meanwhile_is_not_mixed_with_the_others(
    without_files: StandIn, tmp_path: Path
) -> None:
    slack = without_files
    async with bot_in(slack, tmp_path) as bot:
        talk = await keeps_something(slack)
        await bot.services.store.write(rows_of_practice(slack, 90))
        await talk.does("/roleshift privacy export")
        await bot.services.store.write(membership_changes, slack)
        assert "Your data changed since the first part." in await talk.does("[Next part]")
        assert "part 1 of" in await talk.does("[Export]")


def membership_changes(tx: Connection, slack: StandIn) -> None:
    profile = Profile(zone="Asia/Tokyo", coachable=True)
    membership.see_profile(tx, MemberKey(slack.workspace.id, EMIL), profile, slack.clock())


@pytest.mark.parametrize("words", ["export x", "export 99999 abc", "export ² ", "what", "export 1 2 3"])
async def test_odd_words_get_a_sentence(without_files: StandIn, tmp_path: Path, words: str) -> None:
    async with bot_in(without_files, tmp_path):
        talk = await keeps_something(without_files)
        said = await talk.does(f"/roleshift privacy {words}")
        assert "Your data changed" in said or "Type `/roleshift privacy`" in said


async def test_a_member_who_is_forgotten_meanwhile_gets_no_export(slack: StandIn, bot: Bot) -> None:
    await keeps_something(slack)
    who, store = MemberKey(slack.workspace.id, EMIL), bot.services.store
    await store.write(rows_of_practice(slack, 1_000))
    exporting = asyncio.create_task(export_of(store, who))
    await asyncio.sleep(0)
    await store.write(membership.forget, who, slack.clock())
    with pytest.raises(ForgottenMeanwhile):
        await exporting


class Browser:
    """Opens a member's link, in a bot behind HTTP."""

    def __init__(self, sender: Sender, slack: StandIn, bot: Bot) -> None:
        self.sender, self.slack, self.bot = sender, slack, bot

    async def link(self) -> str:
        """Return the path of a new link, from the answer to `privacy export`."""
        command = {"command": "/roleshift", "text": "privacy export", "team_id": self.slack.workspace.id}
        command |= {"user_id": EMIL, "channel_id": "C01GENERAL", "trigger_id": "1.2", "response_url": ""}
        answer = json.loads((await self.sender.payload("slash_commands", command)).body)
        url: str = answer["blocks"][0]["text"]["text"].partition("<")[2].partition(">")[0]
        assert url.startswith(f"{PUBLIC}/export/")
        return url.removeprefix(PUBLIC)

    async def opens(self, path: str, method: str = "GET") -> Reply:
        return await self.sender.send(b"", {}, method=method, path=path)


@pytest.fixture
async def browser(without_files: StandIn, tmp_path: Path) -> AsyncIterator[Browser]:
    more = {"ROLESHIFT_PUBLIC_URL": f"{PUBLIC}/"}
    async with sender_to(without_files, tmp_path, **more) as (sender, bot):
        opened = Browser(sender, without_files, bot)
        await sender.payload(
            "slash_commands",
            {
                "command": "/roleshift", "text": "myrole sre", "team_id": without_files.workspace.id, "user_id": EMIL,
                "channel_id": "C01GENERAL", "trigger_id": "1.1", "response_url": "",
            },
        )  # fmt: skip
        yield opened


async def test_a_link_fetches_the_data_once(browser: Browser) -> None:
    path = await browser.link()
    for _ in range(3):
        offered = await browser.opens(path)
        assert offered.status == 200
        assert b"Download my data" in offered.body, "to look at the page uses nothing up"
    fetched = await browser.opens(path, "POST")
    assert json.loads(fetched.body)["member_id"] == EMIL
    assert b"attachment" in fetched.headers[b"content-disposition"]
    again = await browser.opens(path, "POST")
    assert again.status == 410
    assert USED.encode() in again.body
    for reply in (offered, fetched, again):
        assert reply.headers[b"cache-control"] == b"no-store"
        assert reply.headers[b"x-robots-tag"] == b"noindex, nofollow"
        assert reply.headers[b"referrer-policy"] == b"no-referrer"


async def test_of_many_who_press_at_once_one_gets_the_data(browser: Browser) -> None:
    path = await browser.link()
    replies = await asyncio.gather(*(browser.opens(path, "POST") for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200, *[410] * 7]


async def test_a_link_is_not_used_up_while_the_database_cannot_read_the_data(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await browser.link()
    with monkeypatch.context() as broken:
        broken.setattr(exports, "page", _not_now)
        refused = await browser.opens(path, "POST")
        assert refused.status == 503
        assert b"ry again in a minute" in refused.body
    assert json.loads((await browser.opens(path, "POST")).body)["member_id"] == EMIL


def _not_now(*_: object) -> None:
    raise NothingChanged


async def test_a_link_is_over_after_ten_minutes_and_after_forget_me(browser: Browser) -> None:
    path, store = await browser.link(), browser.bot.services.store
    workspace_id, token = path.split("/")[2:]
    late = browser.bot.services.clock.now() + exports.LINK_LIFE * 1.01
    assert await store.write(exports.redeem, workspace_id, token, late) is None
    path = await browser.link()
    await store.write(membership.forget, MemberKey(workspace_id, EMIL), browser.bot.services.clock.now())
    assert (await browser.opens(path, "POST")).status == 410


async def test_the_token_is_not_stored(browser: Browser, tmp_path: Path) -> None:
    token = (await browser.link()).rpartition("/")[2]
    assert TOKEN.fullmatch(token)
    rows = [row for row in rows_about(tmp_path, EMIL) if row[0] == "export_link"]
    assert len(rows) == 1
    assert rows_about(tmp_path, token) == []


async def test_a_guess_is_refused_before_the_database_is_asked(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await browser.link()
    workspace_id, token = path.split("/")[2:]
    forged = "A" + token[1:] if token[0] != "A" else "B" + token[1:]
    for verb in ("owner", "redeem"):
        monkeypatch.setattr(exports, verb, lambda *_: pytest.fail("the database was asked"))
    for guess in (forged, token[:-1], token + "0", "x", token[::-1], "%00" * 8):
        for method in ("GET", "POST"):
            assert (await browser.opens(f"/export/{workspace_id}/{guess}", method)).status == 404
    assert (await browser.opens(f"/export/T0OTHER/{token}", "POST")).status == 404


async def test_without_a_public_address_there_is_no_such_page(slack: StandIn, tmp_path: Path) -> None:
    async with sender_to(slack, tmp_path) as (sender, _):
        assert (await sender.send(b"", {}, method="GET", path="/export/T1/abc")).status == 404
