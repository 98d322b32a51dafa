"""A member's record, in code blocks that can be pasted into a review, in as many messages as Slack's limits ask for."""

from collections.abc import Iterator

from bot.core.record import ALL, MONTH, QUARTER, Record, SkillReached, TipDone
from bot.slack.blocks import actions, button, context, section, worded
from bot.slack.dates import day
from bot.slack.dates import month as month_of
from bot.slack.message import Block, Message, escape

MAX_PART = 2_900  # characters of a code block; Slack takes 3,000 with the fences
MAX_PARTS = 3  # code blocks of a message, whose blocks hold about 12,000 characters together
MAX_PAGE_DIGITS = 3  # years have four
GONE_TIP, GONE_SKILL = "a tip that is no longer taught", "a skill that is no longer taught"
INDENT = " " * 4


def split_page(words: str) -> tuple[str, int]:
    """Split `2026 2` into the period and the number of the message, from 1."""
    period, _, last = words.rpartition(" ")
    if last.isdecimal() and len(last) <= MAX_PAGE_DIGITS:
        return period, max(int(last), 1)
    return words, 1


def shown(found: Record, page: int = 1) -> Message:
    """Answer `record`. Messages after the first stand beside it, so that all can be copied."""
    if found.is_empty:
        return _empty(found)
    pages = _pages(found)
    page = min(page, len(pages))
    text = escape(f"Your record, {_title(found)}: {_counts(found)}.")
    of = f" Part {page} of {len(pages)}." if len(pages) > 1 else ""
    blocks = [
        section(f"*{text}*{of}"),
        *(worded(f"```{part}```") for part in pages[page - 1]),
        context("Only you see this. Copy it into your review."),
        actions(*_buttons(found, page, len(pages))),
    ]
    return Message(text, blocks, replaces=False if page > 1 else None)


def _empty(found: Record) -> Message:
    when = "" if found.period.words == ALL else f" for {_title(found)}"
    text = escape(f"Your record{when} is empty. It fills when you do a tip, mark a skill or show one to a colleague.")
    others = () if found.period.words == ALL else _periods(found)
    buttons = actions(button("A tip now", "tip"), button("What did you do?", "did"), *others)
    return Message(text, [section(text), buttons])


def _title(found: Record) -> str:
    """Return the period in words."""
    words, today = found.period.words, found.today
    if words == MONTH:
        return month_of(today, found.zone)
    if words == QUARTER:
        return f"quarter {(found.period.first.month + 2) // 3} of {found.period.first.year}"
    return f"everything until {day(today, found.zone)}" if words == ALL else words


def _counts(found: Record) -> str:
    done = len(found.done)
    parts = [
        f"{done} {'tip' if done == 1 else 'tips'} done",
        *(
            f"{len(skills)} {'skill' if len(skills) == 1 else 'skills'} {word}"
            for word, skills in (("learned", found.learned), ("kept", found.kept), ("shown", found.shown))
            if skills
        ),
    ]
    return ", ".join(parts)


def _buttons(found: Record, page: int, pages: int) -> Iterator[Block]:
    if page < pages:
        yield button(f"More: part {page + 1}", "record", f"{found.period.words} {page + 1}", style="primary")
    yield from _periods(found)


def _periods(found: Record) -> Iterator[Block]:
    """Yield buttons for the other periods."""
    year = day(found.today, found.zone)[-4:]
    for label, words in (("All", ALL), (year, year), ("This quarter", QUARTER), ("This month", MONTH)):
        if words != found.period.words:
            yield button(label, "record", words)


def _pages(found: Record) -> list[list[str]]:
    """Return the record as code blocks, grouped into messages. No entry is split."""
    parts = [""]
    for entry in _entries(found):
        if len(parts[-1]) + len(entry) > MAX_PART:
            parts.append("")
        parts[-1] += entry
    parts = [part.strip("\n") for part in parts]
    return [parts[start : start + MAX_PARTS] for start in range(0, len(parts), MAX_PARTS)]


def _entries(found: Record) -> Iterator[str]:
    """Yield the lines of the record, escaped."""
    yield _literal(f"My record, {_title(found)}\n{_counts(found)}\n")
    for title, skills in (
        ("Tips done", found.done),
        ("Skills learned", found.learned),
        ("Skills kept: questions answered right after 1, 4 and 12 weeks", found.kept),
        ("Skills shown to colleagues", found.shown),
    ):
        if skills:
            yield f"\n{title}\n"
        for each in skills:
            yield _literal(_tip(each, found.zone) if isinstance(each, TipDone) else _skill(each, found.zone))


def _tip(done: TipDone, zone: str | None) -> str:
    title = f"{done.title} ({done.skill})" if done.title else GONE_TIP
    lines = "".join(f"{INDENT}{line.strip()}\n" for line in (done.line or "").splitlines() if line.strip())
    return f"{day(done.at, zone)} · {title}\n{lines}"


def _skill(reached: SkillReached, zone: str | None) -> str:
    seen = f", confirmed by a colleague on {day(reached.confirmed_at, zone)}" if reached.confirmed_at else ""
    return f"{day(reached.at, zone)} · {reached.name or GONE_SKILL}{seen}\n"


def _literal(text: str) -> str:
    """Escape text for a code block. A backtick becomes an apostrophe, as three of them would end the block."""
    return escape(text.replace("`", "'"))
