"""The tools of the MCP server: verbs of the coach, as an assistant calls them; and what they say as plain text."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.coach import ask as coach_ask, practice
from bot.coach.learning import solve
from bot.coach.practice import TipSeen
from bot.core.content_types import Lesson
from bot.core.errors import UserError, quoted
from bot.core.next_tip import Choice
from bot.core.review import review_text
from bot.slack import ask, lab, progress, project
from bot.slack.blocks import saying
from bot.slack.message import Block, Message, unescape
from bot.slack.request import Request
from bot.slack.tip import given as tip_given
from bot.slack.tip.card import card_of
from bot.slack.tip.practice import done_tip
from bot.slack.tip.ref import TipRef

MAX_ARGUMENT = 500  # characters
MAX_MEANT = 5  # steps in a question back

HINTS = {"destructiveHint": False, "idempotentHint": True, "openWorldHint": False}  # of every tool

Given = Mapping[str, str]  # the arguments of a call


@dataclass(frozen=True, slots=True)
class Tool:
    """What an assistant reads of a tool, and what answers it. `needed`: an argument that must be there."""

    says: str
    answer: Callable[[Given, Request], Awaitable[Message]]
    arguments: Mapping[str, str] = field(default_factory=dict)
    needed: str = ""
    writes: bool = False

    def listed(self, name: str) -> dict[str, Any]:
        text = {"type": "string", "maxLength": MAX_ARGUMENT}
        properties = {key: {**text, "description": says} for key, says in self.arguments.items()}
        required = [self.needed] if self.needed else []
        return {
            "name": name,
            "description": self.says,
            "inputSchema": {"type": "object", "properties": properties, "required": required},
            "annotations": {"readOnlyHint": not self.writes, **HINTS},
            "_meta": {"slack": {"supportsBlockKit": True}},
        }


async def next_step(given: Given, request: Request) -> Message:
    if "project" in given:
        wanted = request.catalog.named("project", request.catalog.projects, given["project"])
        return await project.project(request, wanted.slug)

    def shown(found: TipSeen | Choice) -> Message:
        if isinstance(found, Choice):
            return tip_given.given_now(request.catalog, found)
        return card_of(request.catalog, TipRef.asked(found.lesson.tip.id), found).message()

    return await request.write(practice.open_or_new, then=shown)


async def did_step(given: Given, request: Request) -> Message:
    tip = _named(request, given["step"]).tip.id
    return await request.write(practice.report, tip, then=partial(done_tip, request.catalog))


async def ask_coach(given: Given, request: Request) -> Message:
    """Answer from the content alone: what a member says of themselves may change something, so they type it."""
    found = await request.hear(coach_ask.look_up, given["question"])
    if (typed := ask.as_typed(found)) is not None:
        return saying(f"That is for Slack: type `/roleshift {' '.join(typed).strip()}` there.")
    return await ask.from_content(request, given["question"], found)


async def rubric(given: Given, request: Request) -> Message:
    if "step" in given:
        return Message(review_text(request.catalog, _named(request, given["step"]).tip.id))
    seen = await request.read(practice.open_tip)
    return tip_given.NONE_OPEN if seen is None else Message(review_text(request.catalog, seen.lesson.tip.id))


async def practise(given: Given, request: Request) -> Message:
    """Give a lab's data, or check an answer to it. The data is always in the message, however long it is."""
    if "lab" not in given:
        return await lab.lab(request, "")
    wanted, number = request.catalog.named("lab", request.catalog.labs, given["lab"]), given.get("number", "1")
    if not re.fullmatch(r"[1-9]\d{0,2}", number):
        raise UserError("The number of a lab's data is from 1 to 999.")
    attempt, data = lab.made(request, wanted, int(number))
    if "answer" not in given:
        return lab.card(wanted, attempt, data)
    verdict = data.check(given["answer"])
    if not verdict.is_right:
        return lab.not_yet(wanted, attempt, given["answer"], verdict.says)
    return await request.write(solve, wanted.slug, then=lambda _: lab.solved(wanted, data, verdict.says))


def _named(request: Request, words: str) -> Lesson:
    meant = request.catalog.tips_named(words)
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise UserError(f"I know no step {quoted(words)}. Its title is in `next_step`.")
    titles = "; ".join(lesson.tip.title for lesson in meant[:MAX_MEANT])
    raise UserError(f"Several steps fit {quoted(words)}: {titles}. Name one of them.")


_STEP = "The title of the step or tip, as next_step tells it."
_LAB = {
    "lab": "The lab's name.",
    "number": "Which data: 1, 2, 3 and so on.",
    "answer": "The person's own answer. Don't solve it for them unless they ask for that.",
}
TOOLS: Mapping[str, Tool] = {
    "my_project": Tool(
        "The person's own project: its open step, or projects to choose from.",
        lambda _given, request: project.project(request, ""),
    ),
    "next_step": Tool(
        "The person's next step: the open one of their project, else their open tip, else a new tip. "
        "With a project's name, begin that project.",
        next_step,
        {"project": "The name of a project to begin. Only if the person chose it."},
        writes=True,
    ),
    "did_step": Tool(
        "Note in the person's record that they did a step. Only if they say that they did it.",
        did_step,
        {"step": _STEP},
        needed="step",
        writes=True,
    ),
    "ask_coach": Tool(
        "Find what the coach's authors wrote on a question about working with AI.",
        ask_coach,
        {"question": "The question, in plain words."},
        needed="question",
    ),
    "rubric": Tool(
        "How to review what the person made in a step. Follow it when you review.",
        rubric,
        {"step": f"{_STEP} Without it, their open one."},
    ),
    "my_record": Tool(
        "The person's own record: what they did, when, and what came of it.",
        lambda given, request: progress.record(request, given.get("part", "")),
        {"part": "The number of a part, of a long record."},
    ),
    "practise": Tool(
        "A lab on invented data: the list of labs, the data and the task of one, or a check of the person's answer.",
        practise,
        _LAB,
        writes=True,
    ),
}


def text_of(said: Message) -> str:
    """Return what a message says as plain text, with the labels of its buttons and without Slack's mark-up."""
    text = "\n".join(_lines((said.without_charts or said).blocks))
    text = re.sub(r"<[^<>|]+\|([^<>]*)>", r"\1", text)
    return unescape(text if said.text in text else f"{said.text}\n{text}".strip())


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        labels = []
        for part in (block.get("text"), *block.get("fields", ()), block.get("accessory"), *block.get("elements", ())):
            match part:
                case {"type": "mrkdwn" | "plain_text", "text": str(text)}:
                    yield text
                case {"type": "static_select" | "overflow", "options": list(options)}:
                    labels += [option["text"]["text"] for option in options]
                case {"text": {"text": str(label)}}:
                    labels.append(label)
        if labels:
            yield f"(Buttons: {' · '.join(labels)})"
