"""A line on what came out of a tip: its form, who reads it in *See one done*, reports, and what admins decide.

Lines are read at the click, so a message that was sent holds nobody else's line.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from bot.coach import lines
from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.next_step import place_of
from bot.core.practice import MAX_LINE, Readers
from bot.core.projects import Step
from bot.slack.blocks import actions, button, confirm, context, modal, option, overflow, quoted_line, section, worded
from bot.slack.form import Form, Saved, choice, field, one_in, text_box, text_in
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.slack.tip import card, clicks, practice
from bot.slack.tip.ref import TipRef, tip_and
from bot.store import lines as line_rows
from bot.store.lines import SharedLine

REPORT = "report-line"
HIDE, ALLOW = "hide-line", "allow-line"  # an admin's buttons
TEXT, READERS = "line", "readers"  # the fields of the form
QUESTION = "Where is it, or what does it say?"
ONLY_ME = "me"
WHO_READS = {
    ONLY_ME: "Only me",
    Readers.UNNAMED: "Colleagues on this tip, without my name",
    Readers.NAMED: "Colleagues on this tip, with my name",
}
WAS_HIDDEN = "An admin hid your line on this tip, so nobody else reads what you write here."
MANY = "Five colleagues or more share lines here, so you may leave out your name."
SAID = {
    line_rows.Verdict.REPORTED: "Reported. Nobody sees that line until an admin has looked at it.",
    line_rows.Verdict.ALLOWED: "An admin looked at that line before and lets it stay, so nothing was reported.",
    None: "That line was changed or taken back, so nothing was reported.",
}

noun = Noun()


@noun.click(clicks.LINE, TipRef.parse)
async def write_line(request: Request, ref: TipRef) -> Form:
    return Form(line_form(request.catalog, ref, *await request.read(lines.to_write, ref.tip)))


@noun.click(clicks.TOLD, tip_and(str))
async def save_told(request: Request, given: tuple[TipRef, str]) -> Form:
    ref, told = given
    return Form(line_form(request.catalog, ref, *await request.read(lines.to_write, ref.tip), told))


def line_form(catalog: Catalog, ref: TipRef, seen: TipSeen, may_share: Collection[Readers], told: str = "") -> Block:
    before, offered = seen.last_step, {ONLY_ME, *may_share}
    at = place_of(catalog, seen.lesson.tip.id)
    question = at.project.ask if at is not None and at.number == at.of else QUESTION
    text = text_box(MAX_LINE, told or (before.line if before else None), multiline=True)
    options = [option(label, readers) for readers, label in WHO_READS.items() if readers in offered]
    chosen = before.readers if before and before.readers in offered else ONLY_ME
    blocks = [
        section(f"*{escape(seen.lesson.tip.title)}*"),
        field(TEXT, question, text, hint="Your record shows it.", optional=True),
        field(READERS, "Who may read it?", choice("radio_buttons", options, chosen)),
    ]
    if Readers.UNNAMED in offered or not may_share:
        blocks.append(context(MANY if may_share else WAS_HIDDEN))
    return modal("What came out?", blocks, form=clicks.LINE, metadata=ref.value, submit="Save", close="Cancel")


@noun.form(clicks.LINE, TipRef.parse)
async def save_line(request: Request, ref: TipRef, fields: dict[str, str]) -> Saved:
    text = text_in(fields, TEXT, MAX_LINE)
    _, may_share = await request.read(lines.to_write, ref.tip)
    chosen = one_in(fields, READERS, {ONLY_ME, *may_share}, "That can't be chosen on this tip now. Choose another one.")
    readers = None if chosen == ONLY_ME else Readers(chosen)
    return Saved(await practice.said(lines.write, request, ref, text, readers), ref.key(request.who))


async def see_one_done(request: Request, ref: TipRef, *more: Block, replaces: bool = False) -> Message:
    """Show how a tip is done. If it has lines of colleagues, they are read again right before it is sent."""
    seen, shared = await request.read(lines.one_done, ref.tip)
    again = partial(see_one_done, request, ref, *more, replaces=replaces) if shared else None
    return replace(one_done(ref, seen, shared, *more, replaces=replaces), again=again)


noun.click(clicks.SEE_ONE_DONE, TipRef.parse)(see_one_done)


@noun.click(REPORT, tip_and(parse_id))
async def report(request: Request, reported: tuple[TipRef, str]) -> Message:
    ref, line_id = reported

    def without(outcome: tuple[TipSeen, Sequence[SharedLine], line_rows.Verdict | None]) -> Message:
        seen, shared, verdict = outcome
        said = context(SAID[verdict])
        again = partial(see_one_done, request, ref, said, replaces=True)
        return replace(one_done(ref, seen, shared, said, replaces=True), again=again)

    return await request.write(lines.report, ref.tip, line_id, then=without)


def one_done(ref: TipRef, seen: TipSeen, shared: Sequence[SharedLine], *more: Block, replaces: bool = False) -> Message:
    """Return before and after of a tip, or the worked example of its skill; and below it, lines of colleagues."""
    lesson = seen.lesson
    skill, title = lesson.skill, escape(lesson.tip.title)
    copies = [button("Template", clicks.TEMPLATE, skill.slug)] if skill.template else []
    if lesson.tip.kit:
        copies = [button(f"Copy {lesson.tip.kind_of_kit}", clicks.COPY_KIT, ref.value)]
    is_of_tip = isinstance(lesson.tip, Step) or lesson.tip.example
    lead = f"*{title}*\nHere is one that is done:" if is_of_tip else f"*{title}*"
    blocks = [section(lead), *card.done_before(lesson)]
    if shared:
        blocks.append(section("*From colleagues*"))
    for line in shared:
        by = f"<@{line.author}>" if line.author else "a colleague"
        reported = replace(ref, check=None).with_word(line.line_id)
        menu = overflow(("Report", REPORT, reported), of=line.line_id)
        blocks.append(worded(f"{quoted_line(line.text)}\n— {by}", menu))
        if seen.may_be_planned:
            blocks.append(actions(button("I'll try it like this", clicks.WHEN, ref.with_word(line.line_id))))
    foot = actions(*copies, button("About this skill", "skill", skill.slug))
    return Message(title, [*blocks, *more, foot], replaces=replaces)


def liked(by: str = "", *title: str) -> Message:
    tip = f": *{escape(' '.join(title))}*" if title else ""
    said = f"{f'<@{by}>' if by else 'A colleague'} wants to try it like you{tip}. They read the line that you shared."
    return Message(said, [section(said), actions(button("My record", "record"))])


@noun.verb("reported", "Admins: see lines about tips that were reported, and hide them.")
async def reported(request: Request, _words: str) -> Message:
    await request.check_admin("see reported lines")
    return await _waiting(request)


async def _waiting(request: Request) -> Message:
    return _left(request, await request.store.read(line_rows.reported, request.who.workspace_id))


def _left(request: Request, found: Sequence[SharedLine]) -> Message:
    """Draw the lines about which an admin has to decide. They are read once more before that is sent."""
    return replace(line_list(request.catalog, found), again=partial(_waiting, request))


async def _decide(request: Request, line_id: str, *, hides: bool) -> Message:
    """Hide a line from colleagues for good, though its author keeps it; or let colleagues read it again."""
    await request.check_admin("decide about a reported line")
    return await request.write(partial(lines.decide, hides=hides), line_id, then=partial(_left, request))


noun.click(HIDE, parse_id)(partial(_decide, hides=True))
noun.click(ALLOW, parse_id)(partial(_decide, hides=False))


def line_list(catalog: Catalog, found: Sequence[SharedLine]) -> Message:
    text = f"Reported lines: {len(found)}. Nobody reads them until you decide." if found else "No reported line waits."
    blocks = [section(f"*{text}*")]
    for line in found[:1]:
        title = escape(catalog.title_of(line.tip) or "a tip that is no longer taught")
        by = f"<@{line.author}>" if line.author else "shared without a name"
        means = "Its author keeps it, and nobody else reads what they write on this tip. This can't be undone."
        hide = button("Hide it", HIDE, line.line_id, confirm=confirm("Hide it?", means, "Hide it", "Leave it"))
        blocks.append(worded(f"On *{title}*, {by}:\n{quoted_line(line.text)}"))
        blocks.append(actions(hide, button("Show it again", ALLOW, line.line_id)))
    return Message(text, [*blocks, actions(button("Back", "team"))])
