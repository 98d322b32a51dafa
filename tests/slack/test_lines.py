"""Lines that colleagues read about a tip: who may, until when; reports, and what admins decide."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.coach.lines import TOO_MANY
from bot.playground.emulator.people import Person
from bot.slack.tip.lines import SAID, WAS_HIDDEN
from bot.store.lines import Verdict
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.life import Life, first_choice
from tests.slack.talk import Talk, Talks, labels_of, shown, words_of

TIP = first_choice().lesson.tip
EMIL, ASHA, KENJI, NORA = "U02EMIL", "U03ASHA", "U04KENJI", "U01NORA"
HEAD, MARK = "From colleagues", "4,100 answers & <!here>"
WITHOUT_A_NAME = "Colleagues on this tip, without my name"
SHARING = tuple(f"U2{number}SHARING" for number in range(5))
QUIET = tuple(f"U3{number}QUIET" for number in range(9))


@pytest.fixture
def more_people() -> tuple[Person, ...]:
    return tuple(
        Person(each, f"Colleague {number}", zone="Europe/Berlin") for number, each in enumerate((*SHARING, *QUIET))
    )


async def does_it(author: Talk) -> None:
    await author.does(f"/roleshift did {TIP.id}")


async def opens_form(author: Talk) -> str:
    again = "Change my result" in labels_of(author.last)
    return await author.does("[Change my result]" if again else "[What came out?]")


async def writes(author: Talk, line: str, readers: str = "named") -> None:
    await opens_form(author)
    await author.slack.save(author.who, {"line": line, "readers": readers})


async def shares(author: Talk, line: str, readers: str = "named") -> None:
    await does_it(author)
    await writes(author, line, readers)


async def sees_one_done(reader: Talk) -> str:
    await does_it(reader)
    await reader.does("[Undo]")
    return await reader.does("[See one done]")


async def reports(reader: Talk) -> str:
    """Report the newest line, which another member has shared."""
    assert HEAD in await sees_one_done(reader)
    return await reader.does("[Report]")


async def test_what_came_out_as_it_was_told_stands_in_the_form(talk: Talks) -> None:
    emil = talk(EMIL)
    assert "You got no tip yet" in (await emil.does(f"/roleshift did it: {MARK}")).split(". ")[0]
    await emil.does("/roleshift tip")
    assert "You meant another one?" not in await emil.does(f"/roleshift did it: {MARK}"), "no other one is open"
    await emil.does("[Save what came out]")
    assert f"'initial_value': '{MARK}'" in str(emil.slack.workspace.screens.stacks[EMIL][-1].blocks)
    await emil.slack.save(EMIL, {"line": MARK, "readers": "me"})
    assert "not saved yet" not in words_of(emil.last)


async def test_colleagues_read_what_its_author_lets_them_read_until_they_take_it_back_or_leave(
    talk: Talks, slack: StandIn
) -> None:
    emil, asha = talk(EMIL), talk(ASHA)
    await shares(emil, MARK, "me")
    assert HEAD not in await sees_one_done(asha)
    await writes(emil, MARK, "named")
    assert f"> {MARK}\n— <@{EMIL}>" in await sees_one_done(asha)
    await opens_form(emil)
    await emil.does("[Undo]")
    refused = await emil.slack.save(EMIL, {"line": MARK, "readers": "named"})
    assert "I can keep a line about a tip that you did." in shown("", refused.form.blocks)
    await slack.close(EMIL, slack.workspace.screens.stacks[EMIL][-1])
    assert HEAD not in await sees_one_done(asha)
    await shares(emil, MARK)
    assert MARK in await sees_one_done(asha)
    await slack.change_person(EMIL, deleted=True)
    assert HEAD not in await sees_one_done(asha)


async def test_a_line_has_no_name_only_where_five_colleagues_share_one(talk: Talks, slack: StandIn) -> None:
    emil, asha = talk(EMIL), talk(ASHA)
    for who in QUIET:
        await talk(who).does("/roleshift tip")
    for who in SHARING[1:]:
        await shares(talk(who), f"Words of {who}")
    await does_it(emil)
    assert WITHOUT_A_NAME not in await emil.does("[What came out?]")
    view = slack.workspace.screens.stacks[EMIL][-1]
    option = {"type": "plain_text", "text": WITHOUT_A_NAME}
    view.blocks[2]["element"]["options"].append({"text": option, "value": "unnamed"})  # an older form had it
    assert "That can't be chosen" in await emil.does("(line=MARK readers=unnamed)")
    await slack.close(EMIL, view)

    fifth = talk(SHARING[0])
    await shares(fifth, f"Words of {SHARING[0]}")
    assert WITHOUT_A_NAME in await emil.does("[What came out?]")
    await slack.save(EMIL, {"line": MARK, "readers": "unnamed"})
    said = await sees_one_done(asha)
    assert f"> {MARK}\n— a colleague" in said
    assert EMIL not in said
    for other in (fifth, talk(SHARING[1])):
        await does_it(other)
        await other.does("[Undo]")
    assert MARK not in await sees_one_done(asha), "only four colleagues share one now"


async def test_a_line_has_a_name_where_fewer_than_nine_colleagues_do_not_show_theirs(
    talk: Talks, slack: StandIn
) -> None:
    for who in QUIET[1:]:
        await talk(who).does("/roleshift tip")
    for who in SHARING:
        await shares(talk(who), f"Words of {who}")
    emil, asha = talk(EMIL), talk(ASHA)
    await does_it(emil)
    assert WITHOUT_A_NAME not in await opens_form(emil)
    await slack.close(EMIL, slack.workspace.screens.stacks[EMIL][-1])
    await asha.does("/roleshift tip")
    assert WITHOUT_A_NAME in await opens_form(emil), "with her, there are nine"
    await slack.save(EMIL, {"line": MARK, "readers": "unnamed"})
    assert MARK in await sees_one_done(asha)
    leaves = talk(QUIET[1])
    await leaves.does("/roleshift forget me")
    await leaves.does("[Delete my data]")
    assert MARK not in await sees_one_done(asha), "eight besides her"


async def test_the_newest_two_lines_are_shown_and_can_be_tried(talk: Talks) -> None:
    for number, who in enumerate((EMIL, KENJI, NORA)):
        await shares(talk(who), f"Line {number}")
    asha = talk(ASHA)
    said = await sees_one_done(asha)
    assert ("Line 0" in said, "Line 1" in said, "Line 2" in said) == (False, True, True)
    assert "I'll try it like this" not in labels_of(asha.last), "no reminder comes before weekly tips are on"
    await asha.does("/roleshift tips on")
    await sees_one_done(asha)
    assert "I remind you once" in await asha.does("[I'll try it like this]")


@pytest.mark.parametrize("wants", ["on", "off"])
async def test_who_shared_a_line_hears_once_of_a_colleague_who_wants_to_be_named(
    life: Life, tmp_path: Path, wants: str
) -> None:
    emil = life.talk(EMIL)
    await emil.does(f"/roleshift tips {wants}")
    await shares(emil, MARK)
    for who, fields in ((ASHA, {}), (KENJI, {"tell": "tell"}), (NORA, {"tell": "tell"})):
        reader = life.talk(who)
        await reader.does("/roleshift tips on")
        await sees_one_done(reader)
        assert "*Tell them" not in await reader.does("[I'll try it like this]")
        await life.slack.save(who, fields)
    assert len([row for row in rows_about(tmp_path, EMIL) if "news:" in str(row)]) == 1, "once for a line"
    await life.until_tuesday()
    told = [each.text for each in life.slack.said(life.slack.workspace.dm(EMIL).id) if "like you" in each.text]
    said = f"<@{KENJI}> wants to try it like you: *{TIP.title}*. They read the line that you shared."
    assert told == [said] * (wants == "on"), "to nobody who said no to messages"


async def test_a_reported_line_is_read_by_nobody_until_an_admin_decides(talk: Talks) -> None:
    asha, nora = talk(ASHA), talk(NORA)
    for author, decision, act in (
        (EMIL, "Show it again", "let a reported line"),
        (KENJI, "Hide it", "hid a colleague"),
    ):
        await shares(talk(author), f"Words of {author}")
        said = await reports(asha)
        assert SAID[Verdict.REPORTED] in said
        assert author not in said + await sees_one_done(asha)
        assert "A member reported a colleague's line on a tip." in await nora.does("/roleshift team")
        assert f"<@{author}>:\n> Words of {author}" in await nora.does("[Look]")
        assert "No reported line waits." in await nora.does(f"[{decision}]")
        assert act in await nora.does("/roleshift audit")
        assert (author in await sees_one_done(asha)) is (author == EMIL)


async def test_a_line_that_an_admin_allowed_is_judged_anew_once_it_says_something_else(talk: Talks) -> None:
    emil, asha, nora = talk(EMIL), talk(ASHA), talk(NORA)
    await shares(emil, "Kind words")
    await reports(asha)
    await nora.does("/roleshift reported")
    await nora.does("[Show it again]")
    await writes(emil, "Kind words", "me")
    await writes(emil, "Kind words")
    assert SAID[Verdict.ALLOWED] in await reports(asha), "they still say the same"
    await writes(emil, "Something else")
    said = await reports(asha)
    assert SAID[Verdict.REPORTED] in said
    assert "Something else" not in said
    assert "Something else" in await nora.does("/roleshift reported")


async def test_what_was_reported_waits_for_an_admin_whatever_its_author_changes(talk: Talks) -> None:
    emil, asha, nora = talk(EMIL), talk(ASHA), talk(NORA)
    await shares(emil, "Words that are gone")
    assert "Words that are gone" in await sees_one_done(asha)
    await writes(emil, "First words")
    said = await asha.does("[Report]")
    assert SAID[None] in said
    assert "First words" in said, "nobody reported them"
    await asha.does("[Report]")
    await nora.does("/roleshift reported")
    await writes(emil, "Second words")
    assert "nothing was decided" in await nora.does("[Show it again]"), "the admin saw other words"
    await emil.does("[Undo]")
    await shares(emil, "Third words")
    assert HEAD not in await sees_one_done(asha)
    assert "Third words" in await nora.does("/roleshift reported")
    await nora.does("[Show it again]")
    assert "Third words" in await sees_one_done(asha)
    await writes(emil, "Fourth words")
    assert "Fourth words" in await sees_one_done(asha), "nothing is reported any more"


async def test_where_an_admin_hid_a_line_nobody_else_reads_what_its_author_writes(talk: Talks) -> None:
    emil, asha, nora = talk(EMIL), talk(ASHA), talk(NORA)
    await shares(emil, MARK)
    await reports(asha)
    await nora.does("/roleshift reported")
    await nora.does("[Hide it]")

    for _ in ("in its place", "after Undo and Did it"):
        form = await opens_form(emil)
        assert WAS_HIDDEN in form
        assert "Colleagues on this tip" not in form
        await emil.does("(line=MARK readers=me)")
        assert HEAD not in await sees_one_done(asha)
        await emil.does("[Undo]")
        await does_it(emil)


async def test_a_member_reports_five_lines_a_day(life: Life) -> None:
    for who in (EMIL, *SHARING):
        await shares(life.talk(who), f"Words of {who}")
        life.slack.clock.advance(timedelta(minutes=1))
    asha, again = life.talk(ASHA), life.talk(ASHA)
    await sees_one_done(again)
    await reports(asha)
    assert SAID[Verdict.REPORTED] in await again.does("[Report]"), "the same line, which does not count"
    for _ in SHARING[1:]:
        assert SAID[Verdict.REPORTED] in await reports(asha)
    assert TOO_MANY in await reports(asha)
    assert f"Words of {EMIL}" in await sees_one_done(asha), "it is not reported"
    assert SAID[Verdict.REPORTED] in await reports(life.talk(KENJI)), "others may"
    await shares(life.talk(NORA), "Words of Nora")
    life.slack.clock.advance(timedelta(days=1))
    assert SAID[Verdict.REPORTED] in await reports(asha)
