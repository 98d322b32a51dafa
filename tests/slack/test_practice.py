"""What a member did with a tip: counted, and in their record; or not their work."""

from bot.slack.message import escape
from bot.slack.progress import record_card
from tests.slack.life import first_choice
from tests.slack.screens.progress import LONG, a_record
from tests.slack.screens.small_catalog import SMALL
from tests.slack.talk import Talk, Talks, labels_of, words_of

HOSTILE = "```<!channel> <@U03ASHA> *bold* & @here https://evil.example"
TIP = first_choice().lesson.tip
COUNTED = " learned · 1 practised."


async def adds_a_line(emil: Talk, line: str, readers: str = "me") -> None:
    """What came out? to the tip that was just done, and wait until its message shows the line."""
    await emil.does("[What came out?]")
    await emil.slack.save(emil.who, {"line": line, "readers": readers})


async def test_a_record_quotes_a_line_and_nothing_in_it_breaks_out_of_the_code_block(talk: Talks) -> None:
    emil = talk()
    await emil.does(f"/roleshift did {TIP.id}")
    await adds_a_line(emil, HOSTILE)
    said = await emil.does("/roleshift record")
    assert f"{TIP.title} (" in said
    (block,) = [each for each in emil.last.blocks or [] if "```" in str(each)]
    text = block["text"]
    inside = text["text"].removeprefix("```").removesuffix("```")
    assert text["verbatim"], "Slack makes no mention of @here"
    assert "`" not in inside
    assert "<" not in inside
    assert "'''&lt;!channel&gt; &lt;@U03ASHA&gt; *bold* &amp; @here https://evil.example" in inside


def test_a_long_record_comes_in_parts_that_lose_no_entry() -> None:
    found = a_record(SMALL, lines=60)
    parts = dict.fromkeys(str(record_card(found, number).blocks) for number in range(1, 9))  # the last comes again
    assert len(parts) > 2
    assert "".join(parts).count(escape(LONG)) == 60


# Done, or not the member's work: said by a button or by `did`, and taken back.


async def test_a_tip_is_done_by_its_title_by_its_id_and_by_a_button(talk: Talks) -> None:
    emil = talk()
    await emil.does("/roleshift myrole sre")
    assert (await emil.does(f"/roleshift did {TIP.title}")).startswith(f"Done: {TIP.title}")
    assert COUNTED in words_of(emil.last)
    assert "That is your first tip done." in words_of(emil.last)
    assert COUNTED in await emil.does(f"/roleshift did {TIP.id}"), "a second time counts once"
    assert "That is your first tip done." not in words_of(emil.last)
    assert "Taken back" in await emil.does("[Undo]")
    await emil.does("/roleshift tip")
    assert "Which of these did you do?" in await emil.does("/roleshift did ?")
    (label, *_) = labels_of(emil.last)
    offered = emil.last
    assert f"*{label}*" in await emil.does(f"[{label}]")
    assert emil.last is offered, "the tip takes the question's place"
    assert COUNTED in words_of(emil.last)
