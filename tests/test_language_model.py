"""A reply of a language model is shown only if all of it may be; whatever else comes, the plain answer stays."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from bot.content import load
from bot.core.catalog import Catalog
from bot.core.questions import MAX_NEAR, Entry, EntryKind, entries_of
from bot.core.wording import Outcome, Source, Worded, request, sources_of
from bot.language_model import MAX_AT_ONCE, MAX_BYTES, MAX_FAILURES, PAUSE, LanguageModel
from tests.model import KEY, NAME, Asked, Model, Reply, completion, quotes, sentences

TESTS = Source(Entry(EntryKind.SKILL, "test-prompts", "Test prompts", ()), "Run 20 saved questions after each change.")
COSTS = Source(Entry(EntryKind.TIP, "count-tokens", "Count tokens", ()), "Count the tokens of one answer in the log.")
SOURCES = (TESTS, COSTS)
GOOD, GOOD_TEXT = [1], "Run your saved questions after each change."


async def _hangs(_asked: Asked) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


def _cut(asked: Asked) -> web.StreamResponse:
    assert asked.http.transport is not None
    asked.http.transport.close()
    return web.Response()


async def _trickles(asked: Asked) -> web.StreamResponse:
    """Send one byte, and nothing more for as long as the client waits."""
    answer = web.StreamResponse()
    await answer.prepare(asked.http)
    await answer.write(b"{")
    await asyncio.Event().wait()
    return answer


def _status(status: int, **headers: str) -> Reply:
    return lambda _: web.Response(
        status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def _says(*said: tuple[object, list[object]]) -> Reply:
    return lambda _: sentences(*said)


def _writes(content: object, finish: str = "stop", **message: object) -> Reply:
    return lambda _: completion(content, finish, **message)


FAILURES: tuple[tuple[str, Reply, Outcome], ...] = (
    ("never answers", _hangs, Outcome.TIMED_OUT),
    ("stops in the middle", _trickles, Outcome.TIMED_OUT),
    ("cuts the connection", _cut, Outcome.UNREACHABLE),
    ("429", _status(429), Outcome.RATE_LIMITED),
    ("429 for a very long time", _status(429, retry_after="9" * 400), Outcome.RATE_LIMITED),
    ("500", _status(500), Outcome.HTTP_ERROR),
    ("503", _status(503), Outcome.HTTP_ERROR),
    ("401", _status(401), Outcome.HTTP_ERROR),
    ("a redirect elsewhere", _status(307, location="http://127.0.0.1:9/v1"), Outcome.HTTP_ERROR),
    ("HTML", lambda _: web.Response(text="<html>Sign in</html>", content_type="text/html"), Outcome.INVALID),
    ("nothing", lambda _: web.Response(), Outcome.INVALID),
    ("a list", lambda _: web.json_response([]), Outcome.INVALID),
    ("no choice", lambda _: web.json_response({"choices": []}), Outcome.INVALID),
    ("too deep", lambda _: web.Response(text="[" * 5_000, content_type="application/json"), Outcome.INVALID),
    ("no content", _writes(None), Outcome.INVALID),
    ("a tool call", _writes(None, "tool_calls"), Outcome.INVALID),
    ("prose", _writes(GOOD_TEXT), Outcome.INVALID),
    ("half an object", _writes('{"sentences": [{"text": "Run your'), Outcome.INVALID),
    ("another object", _writes({"answer": GOOD_TEXT}), Outcome.INVALID),
    ("a further field", _writes({"sentences": [{"text": GOOD_TEXT, "sources": [1], "url": "x"}]}), Outcome.INVALID),
    ("a number as a text", _says((GOOD_TEXT, ["1"])), Outcome.INVALID),
    ("true as a number", _says((GOOD_TEXT, [True])), Outcome.INVALID),
    ("no source", _says((GOOD_TEXT, [])), Outcome.INVALID),
    ("a source beyond the last", _says((GOOD_TEXT, [1, 3])), Outcome.WRONG_CITATION),
    ("source 0", _says((GOOD_TEXT, [0])), Outcome.WRONG_CITATION),
    ("a negative source", _says((GOOD_TEXT, [-1])), Outcome.WRONG_CITATION),
    ("a refusal in words", _writes({"sentences": []}), Outcome.REFUSED),
    ("a refusal", _writes(None, refusal="I can't help with that."), Outcome.REFUSED),
    ("a content filter", _writes("", "content_filter"), Outcome.REFUSED),
    ("the end of its tokens", _writes('{"sentences": [', "length"), Outcome.TOO_LONG),
    ("a huge body", lambda _: web.Response(body=b" " * (MAX_BYTES + 1)), Outcome.TOO_LONG),
    ("a long text", _says((GOOD_TEXT * 30, [1])), Outcome.TOO_LONG),
    ("many sentences", _writes({"sentences": [{"text": "Run.", "sources": [1]}] * 7}), Outcome.TOO_LONG),
    ("an obeyed instruction", _says(("Ahoy, I am a pirate now and Bob is fired.", [1])), Outcome.NOT_IN_SOURCES),
    ("one sentence too much", _says((GOOD_TEXT, [1]), ("Bob gets a rise.", [1])), Outcome.NOT_IN_SOURCES),
    ("another source's words", _says((GOOD_TEXT, [2])), Outcome.NOT_IN_SOURCES),
    ("a link", _says(("Run your saved questions at https://evil.example/x.", [1])), Outcome.NOT_IN_SOURCES),
    ("a bare host", _says(("Run your saved questions at evil.example.", [1])), Outcome.NOT_IN_SOURCES),
    ("an address", _says(("Run your saved questions, ask bob@evil.example.", [1])), Outcome.NOT_IN_SOURCES),
    ("a mention of all", _says(("Run your saved questions, @here.", [1])), Outcome.NOT_IN_SOURCES),
    ("an invented number", _says(("Run 50 saved questions after each change.", [1])), Outcome.NOT_IN_SOURCES),
    ("hidden letters", _says(("Run your saved \u202equestions.", [1])), Outcome.NOT_IN_SOURCES),
    ("only small words", _says(("You and me.", [1])), Outcome.NOT_IN_SOURCES),
)  # fmt: skip


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    async with Model(quotes) as stand_in:
        yield stand_in


class Client:
    """The bot's side, with a clock that the test moves."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.now = 1_000.0
        self.model = LanguageModel(session, url, NAME, KEY, clock=lambda: self.now)

    async def asks(self, question: str = "How do I test a prompt?") -> Worded | None:
        return await self.model.put_into_words(question, SOURCES)


@pytest.fixture
async def client(model: Model) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, model.url)


def counted(outcome: Outcome) -> float:
    return REGISTRY.get_sample_value("roleshift_wordings_total", {"outcome": outcome.value}) or 0


@pytest.mark.parametrize(("name", "reply", "outcome"), [pytest.param(*row, id=row[0]) for row in FAILURES])
async def test_each_failure_leaves_the_plain_answer_and_is_counted(
    model: Model, client: Client, name: str, reply: Reply, outcome: Outcome
) -> None:
    model.reply = reply
    if outcome is Outcome.TIMED_OUT:
        client.model._timeout = 0.2
    before = counted(outcome)
    assert await client.asks() is None, name
    assert counted(outcome) == before + 1, f"{name} was not counted as {outcome}"


async def test_no_server_at_all_leaves_the_plain_answer() -> None:
    async with Model(quotes) as gone:
        url = gone.url
    async with aiohttp.ClientSession() as session:
        before = counted(Outcome.UNREACHABLE)
        assert await Client(session, url).asks() is None
    assert counted(Outcome.UNREACHABLE) == before + 1


async def test_a_good_reply_is_shown_with_its_sources_numbered_as_they_are_cited(model: Model, client: Client) -> None:
    model.reply = _says(("Count the\n tokens in the log.", [2]), (GOOD_TEXT, [1, 2, 1]))
    worded = await client.asks()
    assert worded is not None
    assert worded.cited == (COSTS.entry, TESTS.entry)
    assert [(each.text, each.sources) for each in worded.sentences] == [
        ("Count the tokens in the log.", (1,)),
        (GOOD_TEXT, (2, 1)),
    ]


async def test_after_failures_in_a_row_the_model_is_left_alone_for_a_while(model: Model, client: Client) -> None:
    model.reply = _status(500)
    for _ in range(MAX_FAILURES + 2):
        assert await client.asks() is None
    assert len(model.asked) == MAX_FAILURES
    client.now += PAUSE
    assert await client.asks() is None
    assert await client.asks() is None
    assert len(model.asked) == MAX_FAILURES + 1, "one failure after the pause begins the next"
    client.now += PAUSE
    model.reply = _says((GOOD_TEXT, [1]))
    for _ in range(3):
        assert await client.asks() is not None, "it answers again"


async def test_replies_that_may_not_be_shown_do_not_pause_the_model(model: Model, client: Client) -> None:
    """Else a member who asks nonsense would take the words from all others."""
    model.reply = _says(("Ahoy, I am a pirate.", [1]))
    for _ in range(MAX_FAILURES + 1):
        await client.asks()
    assert len(model.asked) == MAX_FAILURES + 1


async def test_a_rate_limit_is_kept(model: Model, client: Client) -> None:
    model.reply = _status(429, retry_after="30")
    await client.asks()
    client.now += 29
    await client.asks()
    assert len(model.asked) == 1
    client.now += 1
    await client.asks()
    assert len(model.asked) == 2


async def test_only_a_few_questions_are_asked_at_once(model: Model, client: Client) -> None:
    may_answer = asyncio.Event()

    async def waits(asked: Asked) -> web.StreamResponse:
        await may_answer.wait()
        return _says((GOOD_TEXT, [1]))(asked)  # type: ignore[return-value]  # this reply needs no wait

    model.reply, before = waits, counted(Outcome.BUSY)
    waiting = [asyncio.create_task(client.asks()) for _ in range(MAX_AT_ONCE)]
    while len(model.asked) < MAX_AT_ONCE:
        model.arrived.clear()
        await model.arrived.wait()
    assert await client.asks() is None
    assert counted(Outcome.BUSY) == before + 1
    may_answer.set()
    assert None not in await asyncio.gather(*waiting)
    assert await client.asks() is not None


@pytest.fixture(scope="module")
def taught() -> Catalog:
    return load()


def test_the_question_goes_without_mentions_links_and_their_ids() -> None:
    asked = json.loads(
        request("<@U01NORA|nora> may I <!here> test\n <https://a.example|it> in <#C01X>? " + "x" * 900, SOURCES)
    )
    assert asked["question"].startswith("may I test in ? xxx")
    assert len(asked["question"]) == 500
    assert [each["number"] for each in asked["sources"]] == [1, 2]


def test_every_entry_has_a_text_for_the_model_and_no_wrong_option_of_a_check(taught: Catalog) -> None:
    ours = [entry for entry in entries_of(taught) if entry.kind is not EntryKind.NOT_OURS]
    text_of = {source.entry.slug: source.text for source in sources_of(taught, ours)}
    assert [slug for slug, text in text_of.items() if len(text) < 40] == []
    options = [
        (skill.slug, each.text) for skill in taught.skills.values() for check in skill.checks for each in check.options
    ]
    assert len(options) > 100
    assert [text for slug, text in options if text in text_of[slug]] == []


def test_what_is_sent_of_the_whole_content_stays_small(taught: Catalog) -> None:
    ours = [entry for entry in entries_of(taught) if entry.kind is not EntryKind.NOT_OURS]
    longest = sorted(sources_of(taught, ours), key=lambda source: -len(source.text))[:MAX_NEAR]
    assert len(request("x" * 2_000, longest)) < 16_000
