"""Labs: the verb, their data in the message or as a file, *My answer*, and what the bot says to it."""

import re
from collections.abc import Collection
from functools import partial
from typing import NamedTuple, Self
from zlib import crc32

from bot.coach.act import Act
from bot.coach.learning import solve
from bot.core.catalog import Catalog
from bot.core.errors import NextStep
from bot.core.labs import Data, Lab, Rows, data_for
from bot.labs import LABS
from bot.slack.blocks import actions, bullets, button, context, menu, modal, saying, section, worded
from bot.slack.form import Form, Saved, field, line_in, text_box
from bot.slack.message import File, FileRefused, Message, escape
from bot.slack.noun import Noun, Outdated
from bot.slack.request import Request, from_content

ANSWER = "answer-lab"  # the button, the form and its field
MAX_ANSWER = 200
MAX_IN_SECTION = 2_800  # characters; Slack takes 3,000
MAX_IN_MESSAGE = 9_000  # Slack takes some 12,000 in all blocks

noun = Noun()


class Attempt(NamedTuple):
    """Some data of a lab: its number, and a mark that changes with the data, as after a change of the lab's words."""

    slug: str
    number: int
    mark: str

    @classmethod
    def parse(cls, value: str) -> Self:
        slug, number, mark = value.split("/")
        return cls(slug, int(number), mark)

    @property
    def value(self) -> str:
        return f"{self.slug}/{self.number}/{self.mark}"


@noun.verb("lab [name]", "Practise on invented data; I check your answer.", ("labs",))
async def lab(request: Request, words: str) -> Message:
    if not words:
        return labs(request.catalog, (await request.read(Act.read)).labs)
    name, _, number = words.partition("/")
    wanted = request.catalog.named("lab", request.catalog.labs, name)
    await request.check_member()
    attempt, data = made(request, wanted, int(number) if re.fullmatch(r"[1-9]\d{0,2}", number) else 1)
    if len(data.table) <= MAX_IN_SECTION:
        return card(wanted, attempt, data)
    await request.take()
    kind = "txt" if isinstance(data, Rows) and not data.columns else "csv"
    again = NextStep("Try again", "lab", f"{attempt.slug}/{attempt.number}")
    file = File(f"{attempt.slug}-{attempt.number}.{kind}", data.table, f"Your data for *{wanted.name}*.", again)
    try:
        await request.slack.send_file(request.who.member_id, file)
    except FileRefused:
        if len(data.table) > MAX_IN_MESSAGE:
            raise
        return card(wanted, attempt, data)
    return card(wanted, attempt, data, file.name)


def labs(catalog: Catalog, solved: Collection[str]) -> Message:
    lines = (f"{lab.name} · {lab.minutes} min{' · solved' * (slug in solved)}" for slug, lab in catalog.labs.items())
    text = f"*Practise on invented data; I check your answer.*\n{bullets(lines)}"
    choose = menu("Choose a lab", "lab", ((lab.name, slug) for slug, lab in catalog.labs.items()))
    return Message("Practise on invented data; I check your answer.", [section(text), actions(choose)])


def made(request: Request, wanted: Lab, number: int) -> tuple[Attempt, Data]:
    """Return the data of a member. Nothing about it is stored: the same number makes the same data."""
    data = data_for(LABS[wanted.slug], wanted, request.services.lab_secret, request.who, number)
    return Attempt(wanted.slug, number, f"{crc32(f'{data.table}{data.figures}'.encode()):08x}"), data


def card(wanted: Lab, attempt: Attempt, data: Data, file: str = "") -> Message:
    """Return a lab with its table, in as many blocks of code as Slack needs for it; or with the name of its file."""
    parts = re.findall(rf"(?s).{{1,{MAX_IN_SECTION}}}\n", data.table)
    table = [section(f"```\n{escape(part)}```") for part in parts]
    if file:
        table = [section(f"Your data is in our direct messages, as the file `{file}`.")]
    other_data = button("Other data", "lab", f"{attempt.slug}/{attempt.number + 1}")
    blocks = [
        section(f"*{escape(wanted.name)}* · {wanted.minutes} minutes\n{escape(wanted.text.format(**data.figures))}"),
        *table,
        section(f"*{escape(wanted.ask)}*"),
        actions(button("My answer", ANSWER, attempt.value, style="primary"), other_data),
        context("All of it is invented, so any assistant may help. I keep that you solved it, not what you answered."),
    ]
    return Message(escape(wanted.name), blocks)


def form(catalog: Catalog, attempt: Attempt) -> Form:
    wanted = _lab(catalog, attempt)
    example = f"The numbers of {wanted.units[0]}: 4 17 23" if wanted.faults else f"A number in {wanted.units[0]}: 3.14"
    question = field(ANSWER, wanted.ask, text_box(MAX_ANSWER, example=example))
    return Form(modal("My answer", [question], form=ANSWER, metadata=attempt.value, submit="Check", close="Cancel"))


noun.click(ANSWER, Attempt.parse)(partial(from_content, form))


@noun.form(ANSWER, Attempt.parse)
async def check(request: Request, attempt: Attempt, fields: dict[str, str]) -> Saved:
    given, wanted = line_in(fields, ANSWER, MAX_ANSWER, needed=True), _lab(request.catalog, attempt)
    now, data = made(request, wanted, attempt.number)
    if now != attempt:
        again = button("Show it", "lab", f"{now.slug}/{now.number}")
        return Saved(saying("The data of this lab has changed since you got it.", again, replaces=False))
    verdict = data.check(given)
    if not verdict.is_right:
        return Saved(not_yet(wanted, attempt, given, verdict.says))
    done = Saved(solved(wanted, data, verdict.says))
    return await request.write(solve, wanted.slug, then=lambda _: done)


def not_yet(wanted: Lab, attempt: Attempt, given: str, says: str) -> Message:
    again = button("Another answer", ANSWER, attempt.value, style="primary")
    other_data = button("Other data", "lab", f"{attempt.slug}/{attempt.number + 1}")
    text = f"*{escape(wanted.name)}*: {escape(given)}\n{escape(says)}"
    return Message(f"Not yet: {escape(says)}", [worded(text), actions(again, other_data)], replaces=False)


def solved(wanted: Lab, data: Data, says: str) -> Message:
    text = f"*Solved: {escape(wanted.name)}.* {escape(says)}\n{escape(wanted.right.format(**data.figures))}"
    on_own_work = button("Now on your own work", "tip", wanted.skill, style="primary")
    return Message(f"Solved: {escape(wanted.name)}", [section(text), actions(on_own_work, button("All labs", "lab"))])


def _lab(catalog: Catalog, attempt: Attempt) -> Lab:
    if attempt.slug not in catalog.labs:
        raise Outdated
    return catalog.labs[attempt.slug]
