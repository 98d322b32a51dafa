"""Build the Block Kit elements that screens consist of, and dates in words, in the reader's time zone.

None of them truncates text silently.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from bot.core.calendar import HOUR, zone_of
from bot.slack.message import Block, Message, escape

PREFIX = "roleshift:"  # every action id starts with it
OVERFLOW = "more"  # of an overflow menu, whose choices carry their actions themselves
BAR_CELLS = 12
MAX_CHOICES = 5  # of an overflow menu
MAX_OPTION = 75  # characters that Slack takes in an option of a menu
MAX_IN_MENU = 60  # Slack takes 100 options, but only some 12,000 characters in all blocks of a message
MAX_UNFOLDED = 600  # characters of a section; from about 700 on, Slack folds it behind "see more"
# Days and months in words: `strftime` takes six times as long.
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str, accessory: Block | None = None) -> Block:
    """Return a paragraph in mrkdwn. Text that people wrote must be escaped before."""
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    if len(text) > MAX_UNFOLDED:
        block["expand"] = True
    return block if accessory is None else {**block, "accessory": accessory}


def worded(text: str, accessory: Block | None = None) -> Block:
    """Return a paragraph with text that people wrote. `verbatim` keeps Slack from making a mention of `@here`."""
    block = section(text, accessory)
    block["text"]["verbatim"] = True
    return block


def columns(*texts: str) -> Block:
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": text} for text in texts]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def divider() -> Block:
    return {"type": "divider"}


def button(
    label: str, action: str, words: str = "", *, style: str | None = None, confirm: Block | None = None
) -> Block:
    """Return a button. `action` is a verb, or a name of `@noun.click`; `words` is its value."""
    name = f"{PREFIX}{action}:{words}" if words else f"{PREFIX}{action}"
    block: Block = {"type": "button", "text": plain(label), "action_id": name}
    if words:
        block["value"] = words
    if style:
        block["style"] = style
    if confirm:
        block["confirm"] = confirm
    return block


def option(label: str, value: str) -> Block:
    return {"text": plain(label), "value": value}


def shortened(label: str) -> str:
    """Return a label as Slack takes it in an option. The screen that it opens has all of it."""
    return label if len(label) <= MAX_OPTION else f"{label[: MAX_OPTION - 1]}…"


def menu(placeholder: str, action: str, options: Iterable[tuple[str, str]]) -> Block:
    """Return a menu of labels and words: to choose one is to press a button with these words. It holds the first 60."""
    name, shown = f"{PREFIX}{action}:menu", [option(label, words) for label, words in islice(options, MAX_IN_MENU)]
    return {"type": "static_select", "placeholder": plain(placeholder), "action_id": name, "options": shown}


def overflow(*choices: tuple[str, str, str], of: str = "", yields: Sequence[str] = ()) -> Block:
    """Return the menu behind three dots. Each choice is a label, an action and its words, as of a button.

    `of` tells it from other such menus of the same screen. `yields`: labels that a menu with too many choices leaves
    out, the first named first. Raise ValueError if there are still more choices than Slack takes.
    """
    labels = [label for label, _, _ in choices]
    left_out = [label for label in yields if label in labels][: max(len(labels) - MAX_CHOICES, 0)]
    choices = tuple(choice for choice in choices if choice[0] not in left_out)
    if len(choices) > MAX_CHOICES:
        raise ValueError(labels)
    name = f"{PREFIX}{OVERFLOW}:{of}" if of else f"{PREFIX}{OVERFLOW}"
    shown = [option(label, f"{action} {words}".strip()) for label, action, words in choices]
    return {"type": "overflow", "action_id": name, "options": shown}


def modal(
    title: str, blocks: Iterable[Block], *, form: str = "", metadata: str = "", submit: str = "", close: str = "Close"
) -> Block:
    """Return a modal. `form` is the id with which it is submitted. Slack sends `metadata` back unchanged."""
    more = {
        "callback_id": f"{PREFIX}{form}" if form else "",
        "private_metadata": metadata,
        "submit": plain(submit) if submit else None,
        "close": plain(close) if close else None,
    }
    view: Block = {"type": "modal", "title": plain(title), "blocks": list(blocks)}
    return view | {key: value for key, value in more.items() if value}


def preview_of(
    shown: Iterable[Block], told: str, *, form: str, metadata: str, submit: str = "Post it", close: str = "Change it"
) -> Block:
    """Return the modal that shows what will be sent, and says below where and to whom."""
    blocks = [*shown, divider(), context(told)]
    return modal("Preview", blocks, form=form, metadata=metadata, submit=submit, close=close)


def saying(text: str, *elements: Block, replaces: bool | None = None) -> Message:
    """Return a message of one paragraph, with buttons and menus below it."""
    return Message(text, [section(text), actions(*elements)] if elements else [section(text)], replaces=replaces)


def confirm(title: str, text: str, yes: str, no: str, *, style: str = "danger") -> Block:
    """Return the question that Slack asks before a button does something that can't be undone."""
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no), "style": style}


def clock(minute: int) -> str:
    """Return a minute of the day, such as `09:30`."""
    return "{:02}:{:02}".format(*divmod(minute, HOUR))


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, such as `1 skill` or `2 skills`."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def listed(names: Sequence[str]) -> str:
    """Return names as they stand within a sentence, such as `logs, a test set and an agent`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def code_block(text: str, above: str = "") -> Block:
    """Return text of several lines to copy. `above`: a line above it. Three backticks inside it would end the block."""
    return worded(f"{above}\n```\n{escape(text.strip()).replace('```', chr(39) * 3)}\n```".lstrip())


def quoted_line(text: str) -> str:
    return "\n".join(f"> {escape(line)}" for line in text.splitlines())


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {escape(line)}" for line in lines)


def first_of(lines: Sequence[str], most: int, rest: str) -> list[str]:
    """Return the first lines; if there are others, a last one such as `…and 3 earlier`."""
    left_out = len(lines) - most
    return [*lines[:most], f"…and {left_out} {rest}"] if left_out > 0 else [*lines]


def above_menu(lines: Sequence[str], most: int) -> str:
    """Return the first lines of a list whose menu, below it, has all of them up to 60."""
    return "\n".join(first_of(lines, most, "more in the menu." if len(lines) <= MAX_IN_MENU else "more."))


def bar(done: int, total: int) -> str:
    """Return a progress bar such as `▰▰▰▰▱▱▱▱`; it is full only when all is done, and empty only when nothing is.

    It is plain text, because Slack draws inline code in red. Emoji squares are wide, and white ones glare in dark mode.
    """
    cells = round(BAR_CELLS * done / total) if total else 0
    if 0 < done < total:
        cells = min(max(cells, 1), BAR_CELLS - 1)
    return "▰" * cells + "▱" * (BAR_CELLS - cells)


def day(at: datetime, zone: str | None) -> str:
    """Return a day such as `3 May 2027` in the reader's zone, or in UTC if it isn't known."""
    local = at.astimezone(zone_of(zone))
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def day_for_all(at: datetime) -> str:
    """Return a day that Slack shows in each reader's zone, such as `25 November 2026`. The fallback is in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date}}|{day(at, None)}>"


def moment(at: datetime | None, zone: str | None) -> str:
    """Return a time such as `Tuesday 1 December at 09:30` in the reader's zone; a dash for None."""
    if at is None:
        return "—"
    local = at.astimezone(zone_of(zone))
    day_name, month_name = DAYS[local.weekday()], MONTHS[local.month - 1]
    return f"{day_name} {local.day} {month_name} at {local.hour:02}:{local.minute:02}"


def moment_for_all(at: datetime) -> str:
    """Return a time that Slack shows in each reader's zone, such as `tomorrow at 17:00`. The fallback is in UTC."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{moment(at, None)} UTC>"
