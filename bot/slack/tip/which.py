"""Which tip a member did: the tips that they may mean as buttons, and the answer once one is clear."""

from collections.abc import Sequence

from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.errors import quoted
from bot.core.member import MemberKey
from bot.core.nudges import Reason
from bot.slack.blocks import actions, button, section
from bot.slack.message import Block, Message, escape
from bot.slack.tip.card import DID, card_of, planned_in
from bot.slack.tip.did import milestone
from bot.slack.tip.ref import Origin, TipRef

MAX_MEANT, MAX_LATELY = 3, 5  # buttons


def asked(words: str, meant: Sequence[Lesson], lately: Sequence[Lesson]) -> Message:
    """Ask which tip was meant: those that fit the words, else those that the member got lately and did not do yet."""
    if len(meant) > 1:
        got_first = sorted(meant, key=lambda lesson: lesson not in lately)
        return _offered("Which tip did you do?", got_first[:MAX_MEANT])
    start = f"I don't know the tip {escape(quoted(words))}. " if words else ""
    if lately:
        text = f"{start}Which of these did you do? You got them lately."
        return _offered(text, lately[:MAX_LATELY])
    text = f"{start}You got no tip yet that is not done. Get one, or type words of its title: `/roleshift did price`."
    return _offered(text, ())


def done(catalog: Catalog, who: MemberKey, seen: TipSeen) -> Message:
    """Answer `did <tip>`: the tip, what is counted now, and *Undo*."""
    ref = _ref(seen.lesson)
    blocks = [*card_of(catalog, ref, seen).blocks(), *milestone(seen, in_channel=False)]
    return Message(f"Done: {escape(seen.lesson.tip.title)}", blocks, also=planned_in(catalog, ref, seen, who))


def _offered(text: str, lessons: Sequence[Lesson]) -> Message:
    did = [button(lesson.tip.title, DID, _ref(lesson).value) for lesson in lessons]
    more: list[Block] = [button("A tip now", "tip"), button("My record", "record")]
    return Message(text, [section(text), *([actions(*did)] if did else []), actions(*more)])


def _ref(lesson: Lesson) -> TipRef:
    return TipRef(lesson.tip.id, Reason.ASKED, Origin.NOW)
