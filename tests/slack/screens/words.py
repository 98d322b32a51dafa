"""A screen as compact text: its words line by line, and what can be pressed or filled in, in brackets."""

import json
from collections.abc import Iterator
from typing import Any

from bot.slack.message import Message
from tests.slack.screens.situations import Screen, on_surface

Part = dict[str, Any]


def words_of(screen: Screen) -> str:
    payload: Part = json.loads(json.dumps(on_surface(screen)[0]))
    return "\n".join([_top(screen, payload), *(line for block in payload.get("blocks", []) for line in _block(block))])


def _top(screen: Screen, payload: Part) -> str:
    if isinstance(screen, Message):
        return f"message: {payload['text']}"
    buttons = [f"[{payload[each]['text']}]" for each in ("close", "submit") if each in payload]
    return " ".join([f"{payload['type']}: {payload.get('title', {}).get('text', '')}".rstrip(), *buttons])


def _block(block: Part) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"# {block['text']['text']}"
        case "divider":
            yield "----"
        case "section":
            yield from (each["text"] for each in (block.get("text"), *block.get("fields", [])) if each)
            yield from (_element(each) for each in (block.get("accessory"),) if each)
        case "actions":
            yield " ".join(_element(each) for each in block["elements"])
        case "context":
            yield from (f"({each['text']})" for each in block["elements"])
        case "input":
            optional = ", optional" if block.get("optional") else ""
            hint = f" ({block['hint']['text']})" if "hint" in block else ""
            yield f"{block['label']['text']}{optional}: {_element(block['element'])}{hint}"
        case "data_visualization":
            yield f"{block['title']}: {json.dumps(block['chart'], ensure_ascii=False)}"
        case "rich_text":
            yield from (text["text"] for part in block["elements"] for text in part["elements"])
        case unknown:
            raise AssertionError(f"write down how a block of type {unknown} reads")


def _element(element: Part) -> str:
    if element["type"] == "button":
        asks = f"asks {element['confirm']['title']['text']}" if "confirm" in element else ""
        return f"[{', '.join(each for each in (element['text']['text'], element.get('style'), asks) if each)}]"
    initial = next((_value(value) for key, value in element.items() if key.startswith("initial_")), "")
    label = initial or element.get("placeholder", {}).get("text", "")
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    choices = " / ".join(option["text"]["text"] for group in groups for option in group["options"])
    return f"[{': '.join(each for each in (label or element['type'], choices) if each)}]"


def _value(value: str | int | Part | list[Part]) -> str:
    if isinstance(value, str | int):
        return str(value)
    return " + ".join(each["text"]["text"] for each in (value if isinstance(value, list) else [value]))
