"""`content preview`: an entry as members see it, as text."""

import re

from bot.author.screens import screens_of
from bot.core.catalog import Catalog
from bot.core.errors import CommandError
from bot.slack.message import Block, Message, unescape

KINDS = ("role", "project", "step", "skill", "tip", "check", "challenge", "theme", "lab")


def message_of(catalog: Catalog, entry_id: str) -> Message:
    """Return the message in which members see an entry; a check comes with its answer. Raise CommandError."""
    drawn = {screen.name: screen.shown for screen in screens_of(catalog)}
    name = next((name for kind in KINDS if (name := f"{kind} {entry_id}") in drawn), None)
    if name is None:
        raise CommandError(f"There is no {', '.join(KINDS[:-1])} or {KINDS[-1]} {entry_id!r}.")
    shown = [each for each in (drawn[name], drawn.get(f"answer to {name}")) if isinstance(each, Message)]
    return Message(shown[0].text, [block for message in shown for block in message.blocks])


def as_text(message: Message) -> str:
    """Return a message as plain text, a paragraph for each block, with buttons in brackets."""
    return "\n\n".join(filter(None, map(_text, message.blocks))) + "\n"


def _text(block: Block) -> str:
    match block["type"]:
        case "actions":
            return " ".join(f"[{element['text']['text']}]" for element in block["elements"] if "text" in element)
        case "context":
            return _plain("\n".join(element["text"] for element in block["elements"]))
        case _:
            parts = [block["text"]] if "text" in block else []
            said = _plain("\n\n".join(part["text"] for part in [*parts, *block.get("fields", [])]))
            return f"{said} [{block['accessory']['text']['text']}]" if "accessory" in block else said


def _plain(mrkdwn: str) -> str:
    text = re.sub(r"<!date\^[^<>|]*\|([^<>]*)>", r"\1", mrkdwn)
    text = re.sub(r"(?<!\w)[*_]([^*_\n]+)[*_](?!\w)", r"\1", text)
    return unescape(re.sub(r"<#(\w+)>", r"#\1", text))
