"""What a line says: its words in one form, the phrases that it names, and what therefore answers it."""

from collections.abc import Container
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bot.content.read import read
from bot.core.content_types import ReplyAbout
from bot.core.hearing import UNWELL, Hearing, decide
from bot.core.questions import Entry, EntryKind, entries_of
from bot.core.words import MAX_WORDS, stem, words_of
from tests.every import check_every
from tests.real_content import load

COSTS = Entry(
    EntryKind.SKILL,
    "costs",
    "Costs",
    ("token costs", "what does an answer cost", "what do our calls cost"),
    "the bill of a month",
)
STREAMS = Entry(EntryKind.TIP, "streams", "Stream it", ("how to stream an answer",))
DONE = Entry(
    EntryKind.PERSONAL,
    "did",
    "did",
    (
        "I did it",
        "finished/completed the exercise",
        "finished it",
        "done for today",
        "completed this one",
        "completed the one of yesterday",
        "done with it",
        "really did it",
        "I have finished",
    ),
)
LEARNED = Entry(EntryKind.PERSONAL, "learned", "learn …", ("I learned …", "mark … as learned"))
WHEN = Entry(EntryKind.PERSONAL, "schedule", "tips", ("when is my next tip",))
FINE = Entry(EntryKind.REPLY, "fine", "Good.", ("ok", "👍", ":+1:"))
CAREER = Entry(EntryKind.REPLY, "job-safe", "Nobody knows.", ("will AI take/replace my job", "is my job safe"))
PLEAS = ("I can't take it any more", "I want to die")
DISTRESS = Entry(EntryKind.DISTRESS, "distress", "I am sorry.", PLEAS, about=ReplyAbout.DISTRESS)
WEATHER = Entry(
    EntryKind.NOT_OURS,
    "weather",
    "I don't follow the weather.",
    ("will it rain tomorrow", "umbrella", "is it going to rain", "will there be rain today"),
)
ENTRIES = COSTS, STREAMS, DONE, LEARNED, WHEN, FINE, CAREER, DISTRESS, WEATHER
HEARING = Hearing(ENTRIES)


def heard(line: str) -> tuple[str, str]:
    """Return the slug of what answers a line, with a question mark if that is a guess, and the person's words."""
    found = decide(HEARING, line, lambda _entry, rest: "" if "juggl" in rest else rest)
    best = found.topic or (found.entries[0] if found.entries else None)
    return f"{best.slug if best else ''}{'?' * found.is_guess}", found.rest


LINES = {
    # What people say of themselves, in other words than a phrase has, with some around it that say nothing.
    "did": ["I did it", "ok i really did it!!", "FINISHED", "finally finishing the exercise",
            "completed yesterday's one", "done for today", "finnished", "I've finished it, thanks"],
    "fine": ["ok", "👍", ":+1:", "OK!"],
    "schedule": ["when's my next tip?", "when is the next tip pls"],
    "job-safe": ["will AI take my job", "will ai really replace my job in two years?", "is my job still safe"],
    # A topic of others must be surer than these, and distress surer than anything.
    "weather": ["will it rain tomorrow?", "umbrella", "is it going to rain tomorrow do you think"],
    "distress": ["I can't take it any more", "i just can't take it any more", "The tip is long. I want to die."],
    # What is taught, in its own words or with a word of AI; else it is a guess, or nothing.
    "costs": ["token costs", "what does an answer cost?", "a token of a model on the bill"],
    "streams?": ["how do I stream an answer?"],
    "costs?": ["the bill", "is it the bill then"],
    "": ["rain", "qwertz", "", "😀", "did it rain?"],
}  # fmt: skip


def test_what_a_line_says_is_heard_in_any_form() -> None:
    def check(case: tuple[str, str]) -> None:
        slug, line = case
        assert heard(line) == (slug, "")

    check_every([(slug, line) for slug, lines in LINES.items() for line in lines], check)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("I learned to write prompts", ("learned", "write prompts")),
        ("ok I have now learned juggling", ("", "")),  # it names nothing
        ("mark streaming as learned", ("learned", "streaming")),
        ("I did not say that I learned it", ("", "")),  # not its beginning
    ],
)
def test_an_open_phrase_takes_the_persons_words(line: str, answer: tuple[str, str]) -> None:
    assert heard(line) == answer


def test_who_may_be_in_distress_gets_no_task() -> None:
    """None of its phrases is said, but the line is more like them than like any other."""
    assert HEARING.heard(HEARING.vote(words_of("I want to be done with it and die")))[:1] == []
    assert HEARING.heard(HEARING.vote(words_of("I want to be done with it")))[0].entry is DONE


def test_who_laughs_is_not_in_distress() -> None:
    assert heard("I want to die 😂")[0] != "distress"
    assert heard("i want to die lol")[0] != "distress"
    assert heard("not joking this time, i want to die")[0] == "distress"
    assert heard("I want to die :joy:")[0] != "distress"
    assert heard("I have no joy. I want to die")[0] == "distress"  # the name of an emoji, and a word


@pytest.fixture(scope="module")
def taught() -> Hearing:
    return Hearing(entries_of(load()))


def is_answered_gently(taught: Hearing, line: str, abouts: Container[object] = (ReplyAbout.DISTRESS,)) -> bool:
    topic = decide(taught, line, lambda _entry, rest: rest).topic
    return topic is not None and topic.about in abouts


def test_what_is_said_in_jest_or_of_work_is_not_distress(taught: Hearing) -> None:
    path = Path(__file__).with_name("harmless.yaml")
    lines = TypeAdapter(list[str]).validate_python(read(path, path.name)[0])
    assert len(lines) >= 150
    assert [line for line in lines if is_answered_gently(taught, line)] == []


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("are sysadmins extinct", "devops-engineer"),
        ("is the DBA obsolete", "backend-engineer"),
        ("quants are doomed", "data-scientist"),
        ("do SREs still matter", "devops-engineer"),
    ],
)
def test_what_becomes_of_one_role_is_heard_of_every_role(taught: Hearing, line: str, role: str) -> None:
    found = decide(taught, line, lambda _entry, rest: rest)
    assert found.topic is not None
    assert found.topic.slug in {reply.slug for reply in load().replies if reply.about is ReplyAbout.CAREER}
    assert [entry.slug for entry in found.entries] == [role]


def test_what_anything_else_says_is_not_distress(taught: Hearing, seed: int) -> None:
    """Read every fourth phrase. Each night, with many seeds, all are read."""
    others = [entry for entry in taught.entries if entry.kind is not EntryKind.DISTRESS]
    phrases = [" ".join(word.split("/")[0] for word in text.split()) for entry in others for text in entry.phrases]
    sureness = {text: taught.distress([taught.vote(taught.spelt(text))]) for text in phrases[seed % 4 :: 4]}
    assert [text for text, sure in sureness.items() if sure >= UNWELL] == []


def test_distress_is_heard_as_people_type_it(taught: Hearing) -> None:
    said = [reply for reply in load().replies if reply.about is ReplyAbout.DISTRESS]
    phrases = (" ".join(word.split("/")[0] for word in phrase.split()) for reply in said for phrase in reply.asks)
    typed = [phrase.lower().replace("'", "") for phrase in phrases]
    assert len(typed) >= 500
    lines = [f"hi. {line}..." for line in typed]
    assert [line for line in lines if not is_answered_gently(taught, line, tuple(ReplyAbout))] == []
    asked_about = [line for line in lines if not is_answered_gently(taught, line)]
    assert len(asked_about) <= len(lines) / 100  # a part of the phrase is a part of the line


def test_distress_is_heard_beside_a_task(taught: Hearing) -> None:
    lines = (
        "can you pause the tips for two weeks please, i tried to kill myself on friday",
        "i finished the exercise about prompts but honestly i want to die",
        "the tip was good thanks. i'm going to end my life tonight, bye",
        "my boss wants the report on ai costs by friday and i just want to kill myself, seriously",
    )
    assert [line for line in lines if not is_answered_gently(taught, line)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can't we STREAM it?", ["can", "not", "we", "stream", "it"]),
        ("can\u2019t u wait 5min", ["can", "not", "you", "wait", "5", "minutes"]),
        ("<@U02EMIL> *costs* `a_b`", ["you", "02", "emil", "costs", "a", "b"]),
        ("sooooo good :tada:", ["so", "good"]),
        ("Стоимость 料金", ["стоимость", "料金"]),
        ("😀 :+1:", ["+1", "😀"]),
        ("??", ["?"]),
        ("\x00\ud800", []),
    ],
)
def test_words_are_in_one_form(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_later_words_do_not_count() -> None:
    assert len(words_of("word " * 9999)) == MAX_WORDS


@pytest.mark.parametrize(
    "same",
    [
        "finish finished finishing finishes", "plan planned planning plans", "price prices priced pricing",
        "study studies", "class classes", "use uses", "quick quickly", "bias biased", "need needed needs",
    ],
)  # fmt: skip
def test_endings_do_not_count(same: str) -> None:
    assert len({stem(word) for word in same.split()}) == 1


@pytest.mark.parametrize("different", ["one on", "app apply", "this thing", "less lesson"])
def test_other_words_stay_apart(different: str) -> None:
    assert len({stem(word) for word in different.split()}) == 2


@pytest.mark.parametrize(
    ("line", "spelt"),
    [
        ("tokn costs", "tokn costs"),  # too short a word
        ("anwser", "answer"),
        ("finnished", "finished"),
        ("compleated", "completed"),
        ("umbrela", "umbrella"),
        ("tumbrella", "tumbrella"),  # few people mistype the first letter
        ("stretch", "stretch"),
    ],
)
def test_a_word_that_nobody_uses_is_spelt_as_the_nearest_one(line: str, spelt: str) -> None:
    assert " ".join(HEARING.spelt(line)) == spelt
