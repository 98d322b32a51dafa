"""What came out of a tip, shared with colleagues: who reads it, where, until when; reports, and what admins decide."""

from collections.abc import Callable
from datetime import timedelta

from tests.driver.standin import StandIn
from tests.slack.talk import Talk, labels_of
from tests.slack.test_record import adds_a_line
from tests.slack.weekly import first_choice

EMIL, ASHA, KENJI, NORA = "U02EMIL", "U03ASHA", "U04KENJI", "U01NORA"
TIP = first_choice().lesson.tip.id
HEAD, MARK = "From colleagues", "4,100 answers & <!here>"


async def sees_one_done(reader: Talk) -> str:
    await reader.does(f"/roleshift did {TIP}")
    await reader.does("[Undo]")
    return await reader.does("[See one done]")


async def shares(author: Talk, line: str, readers: str) -> None:
    await author.does(f"/roleshift did {TIP}")
    await adds_a_line(author, line, readers)


async def test_colleagues_read_what_its_author_lets_them_read_until_it_is_taken_back(talk: Callable[..., Talk]) -> None:
    emil, asha = talk(EMIL), talk(ASHA)
    await shares(emil, MARK, "me")
    assert HEAD not in await sees_one_done(asha)
    for readers, by in (("unnamed", "— a colleague"), ("named", f"— <@{EMIL}>")):
        await emil.does("[Undo]")
        await shares(emil, MARK, readers)
        said = await sees_one_done(asha)
        assert f"> {MARK}\n{by}" in said
        assert (EMIL in said) is (readers == "named")
        assert HEAD not in await sees_one_done(talk(EMIL)), "nobody is shown their own line"
    await emil.does("[Undo]")
    assert HEAD not in await sees_one_done(asha)


async def test_the_newest_two_lines_are_shown_and_can_be_tried(talk: Callable[..., Talk], slack: StandIn) -> None:
    for number, who in enumerate((EMIL, KENJI, NORA)):
        await shares(talk(who), f"Line {number}", "unnamed")
        slack.clock.advance(timedelta(minutes=1))
    asha = talk(ASHA)
    said = await sees_one_done(asha)
    assert ("Line 0" in said, "Line 1" in said, "Line 2" in said) == (False, True, True)
    assert "I'll try it like this" not in labels_of(asha.last), "no reminder comes before weekly tips are on"
    await asha.does("/roleshift tips on")
    await sees_one_done(asha)
    assert "I remind you once" in await asha.does("[I'll try it like this]")


async def test_a_reported_line_is_read_by_nobody_until_an_admin_decides(talk: Callable[..., Talk]) -> None:
    asha, nora = talk(ASHA), talk(NORA)
    for author, decision, act in (
        (EMIL, "Show it again", "let a reported line"),
        (KENJI, "Hide it", "hid a colleague"),
    ):
        await shares(talk(author), f"{MARK} {author}", "unnamed")
        assert author in await sees_one_done(asha)
        said = await asha.does("[Report]")
        assert "Reported. Nobody sees that line until an admin has looked at it." in said
        assert author not in said + await sees_one_done(asha)
        assert "Only workspace admins" in await asha.does("/roleshift reported")
        assert "A member reported a colleague's line on a tip." in await nora.does("/roleshift team")
        assert f"shared without a name:\n> {MARK} {author}" in await nora.does("[Look]")
        assert "No reported line waits." in await nora.does(f"[{decision}]")
        assert act in await nora.does("/roleshift audit")
        assert (author in await sees_one_done(asha)) is (author == EMIL)
