"""Forms: their fields, the modal to open, and what was filled in."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.core.errors import NextStep, UserError
from bot.core.when import DAYS, read_minute
from bot.slack.blocks import clock, option, plain
from bot.slack.message import Block, Message
from bot.slack.payloads import Entered

CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,30}")  # public, or private (older ones begin with G); 32 fit the database
PUBLIC_CHANNEL_ID = re.compile(r"C[A-Z0-9]{8,30}")
MAX_OPTIONS = 100  # that Slack takes in a menu


@dataclass(frozen=True, slots=True)
class Form:
    """A modal that a verb, a button or a shortcut opens. Where a form leads to it, it comes above that form."""

    view: Block
    replaces: bool = False  # the modal in which it was pressed


@dataclass(frozen=True, slots=True)
class Saved:
    """A form was saved, so it closes. `said` is the answer to what opened it: the message behind it, drawn anew.

    `key` is the idempotency key of that message's delivery, if it has one. `closes_all`: the forms below close too.
    """

    said: Message
    key: str | None = None
    closes_all: bool = False


_AND = "\n"  # no form's own metadata has a line break


def carrying(view: Block, more: str) -> Block:
    """Return a modal that carries something along behind its own metadata, unless it carries something already."""
    if not more or _AND in view.get("private_metadata", ""):
        return view
    return {**view, "private_metadata": f"{view.get('private_metadata', '')}{_AND}{more}"}


def carried(private_metadata: str) -> tuple[str, str]:
    """Return a form's own metadata, and what it carries along, such as the address of the answer; or nothing."""
    metadata, _, more = private_metadata.partition(_AND)
    return metadata, more


class FieldError(UserError):
    """What is wrong with one field; the form stays open with everything that was filled in."""

    def __init__(self, field: str, text: str, *steps: NextStep) -> None:
        self.field = field
        super().__init__(text, *steps)


def field(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """Return a field of a form. Slack sends what was filled in under `block_id`."""
    named = {**element, "action_id": block_id}
    block = {"type": "input", "block_id": block_id, "label": plain(label), "element": named, "optional": optional}
    return {**block, "hint": plain(hint)} if hint else block


def text_box(most: int, written: str | None = None, *, multiline: bool = False, example: str = "") -> Block:
    """Return the element of a field for text, with what is written there. An empty one shows the example."""
    box: Block = {"type": "plain_text_input", "max_length": most}
    if multiline:
        box["multiline"] = True
    if example:
        box["placeholder"] = plain(example)
    return {**box, "initial_value": written} if written else box


def time_box(minute: int) -> Block:
    return {"type": "timepicker", "initial_time": clock(minute)}


def channel_menu(*kinds: str, chosen: str | None = None, posts: bool = False) -> Block:
    """Return the element of a field for a channel. `kinds`: public, private, or both.

    `posts`: it has the company's own channels, and Slack sends an address at which to post there, without a scope.
    """
    only: Block = {"include": list(kinds), "exclude_bot_users": True}
    menu: Block = {"type": "conversations_select", "filter": only, "placeholder": plain("Choose a channel")}
    if posts:
        only["exclude_external_shared_channels"] = menu["response_url_enabled"] = True
    return {**menu, "initial_conversation": chosen} if chosen else menu


def choice(kind: str, options: list[Block], chosen: str | None = None) -> Block:
    """Return a `static_select` or `radio_buttons` of 100 options at most; a later one that was chosen comes last."""
    before = next((each for each in options if each["value"] == chosen), None)
    shown = options[:MAX_OPTIONS]
    if before and before not in shown:
        shown[-1] = before
    element: Block = {"type": kind, "options": shown}
    return {**element, "initial_option": before} if before else element


def choices(kind: str, options: list[Block], chosen: Collection[str] = ()) -> Block:
    """Return the element of a field for several options: `checkboxes`, or a `multi_static_select`."""
    element: Block = {"type": kind, "options": options}
    before = [each for each in options if each["value"] in chosen]
    return {**element, "initial_options": before} if before else element


def tick_box(label: str, value: str, *, ticked: bool) -> Block:
    return choices("checkboxes", [option(label, value)], [value] if ticked else [])


def day_menu(weekday: int) -> Block:
    days = [option(name.title(), str(number)) for number, name in enumerate(DAYS)]
    return choice("static_select", days, str(weekday))


def line_in(fields: Mapping[str, str], name: str, most: int, *, needed: bool = False) -> str:
    """Return what was typed, on one line. Raise FieldError."""
    line = " ".join(fields.get(name, "").split())
    if needed and not line:
        raise FieldError(name, "A few words are needed here.")
    if len(line) > most:
        raise FieldError(name, f"At most {most} characters.")
    return line


def text_in(fields: Mapping[str, str], name: str, most: int) -> str:
    """Return what was typed, on any number of lines. Raise FieldError."""
    text = fields.get(name, "").strip()
    if len(text) > most:
        raise FieldError(name, f"At most {most} characters.")
    return text


def channel_in(fields: Mapping[str, str], name: str, *, public: bool = False) -> str:
    """Return the channel that was chosen. Raise FieldError for none, and for a direct message."""
    channel = fields.get(name, "")
    if (PUBLIC_CHANNEL_ID if public else CHANNEL_ID).fullmatch(channel) is None:
        raise FieldError(name, "Choose a channel.")
    return channel


def one_in(fields: Mapping[str, str], name: str, values: Iterable[str], otherwise: str = "Pick one.") -> str:
    """Return what was chosen. Raise FieldError for what is none of the values."""
    chosen = fields.get(name, "")
    if chosen not in set(values):
        raise FieldError(name, otherwise)
    return chosen


def weekday_in(fields: Mapping[str, str], name: str) -> int:
    return int(one_in(fields, name, map(str, range(len(DAYS))), "Pick a day."))


def minute_in(fields: Mapping[str, str], name: str) -> int:
    """Return the minute of the day that a time field holds. Raise FieldError."""
    try:
        return read_minute(fields.get(name, "").strip())
    except UserError:
        raise FieldError(name, "I need a time like 09:30 (24 h).") from None


def filled(values: Mapping[str, Mapping[str, Entered]]) -> dict[str, str]:
    """Return each field's block id and what was typed or chosen: "" for nothing, several values with blanks between."""
    fields: dict[str, str] = {}
    for block_id, entered in ((block_id, entered) for block_id, by_id in values.items() for entered in by_id.values()):
        options = (entered.selected_option,) if entered.selected_option else entered.selected_options
        if options:
            fields[block_id] = " ".join(option.value for option in options)
        elif entered.selected_date_time is not None:
            fields[block_id] = str(entered.selected_date_time)
        else:
            chosen = entered.selected_time, entered.selected_date, entered.selected_conversation, entered.selected_user
            fields[block_id] = next((value for value in (entered.value, *chosen) if value), "")
    return fields
