"""What a member did, by a tip's button or by `did`, is counted, and stands in their record word for word."""

from collections.abc import Callable

from bot.playground.emulator.workspace import Message
from tests import real_content
from tests.slack.talk import Talk, labels_of
from tests.slack.weekly import first_choice

HOSTILE = "```<!channel> <@U03ASHA> *bold* & @here https://evil.example"
MANY = 12  # lines of 250 characters that need four each
TIP = first_choice().lesson.tip


async def adds_a_line(emil: Talk, line: str, readers: str = "me") -> None:
    """What came out? to the tip that was just done, and wait until its message shows the line."""
    await emil.does("[What came out?]")
    await emil.slack.save(emil.who, {"line": line, "readers": readers})


async def test_a_record_quotes_a_line_and_nothing_in_it_breaks_out_of_the_code_block(talk: Callable[..., Talk]) -> None:
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


async def test_a_record_is_one_list_and_an_empty_one_says_what_to_do(talk: Callable[..., Talk]) -> None:
    emil = talk()
    assert "Your record is empty. It fills when you do a tip" in await emil.does("/roleshift record")
    await emil.does("/roleshift learn cost spikes")
    for typed in ("record", "record all"):
        assert "0 tips done, 1 skill learned." in await emil.does(f"/roleshift {typed}")
    assert (await emil.does("/roleshift record month")).startswith("Your record is one list")


async def test_a_long_record_comes_in_parts_that_all_stay(talk: Callable[..., Talk]) -> None:
    emil = talk()
    tips = list({each.tip.id: each for each in real_content.load().lessons.values()})[:MANY]
    for tip in tips:
        await emil.does(f"/roleshift did {tip}")
        await adds_a_line(emil, f"{tip} & {'<' * 250}")
    await emil.does("/roleshift record")
    first, text = emil.last, text_of(emil.last)
    while more := [label for label in labels_of(emil.last) if label.startswith("More: part ")]:
        await emil.does(f"[{more[0]}]")
        text += text_of(emil.last)
    assert emil.last is not first
    assert [text.count(f"    {tip} &amp; ") for tip in tips] == [1] * MANY


def text_of(message: Message) -> str:
    """Return what a message shows to be copied."""
    return "".join(each["text"]["text"] for each in message.blocks or [] if "```" in str(each))
