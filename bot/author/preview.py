"""`content preview`: an entry as members see it, as text or as a picture of the playground's page."""

import os
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from bot.author.screens import screens_of
from bot.core.catalog import Catalog
from bot.core.errors import CommandError
from bot.playground.emulator.emulator import Emulator
from bot.playground.emulator.manifest import read_manifest
from bot.playground.emulator.people import default_roster
from bot.playground.page.endpoints import ClockMoves, Page
from bot.slack.message import Block, Message, unescape

KINDS = ("role", "project", "step", "skill", "tip", "check", "challenge", "theme", "lab")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MANIFEST = Path(__file__).parents[2] / "manifest.json"
WIDTH, HEIGHT, SHARPNESS = 1000, 1600, 2  # pixels of the page, and of the picture for each of them


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
    """Return text without Slack's mark-up for bold, italics, dates and channels."""
    text = re.sub(r"<!date\^[^<>|]*\|([^<>]*)>", r"\1", mrkdwn)
    text = re.sub(r"(?<!\w)[*_]([^*_\n]+)[*_](?!\w)", r"\1", text)
    return unescape(re.sub(r"<#(\w+)>", r"#\1", text))


def browser() -> str | None:
    """Return the path of a Chromium that can be driven, if there is one."""
    if find_spec("playwright") is None:
        return None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


async def photograph(message: Message, chromium: str, picture: Path) -> None:
    from playwright.async_api import async_playwright  # noqa: PLC0415 - `browser` found it; it is no run-time package

    slack = Emulator(read_manifest(MANIFEST), default_roster())
    slack.add(Page(slack, ClockMoves(slack), slack.reset))
    person = next(iter(slack.workspace.people))
    dm = slack.workspace.dm(person)
    slack.workspace.post(
        dm.id, slack.workspace.bot_user, message.text, blocks=[dict(block) for block in message.blocks]
    )
    is_root = sys.platform != "win32" and os.geteuid() == 0  # Chromium's sandbox refuses to run as root
    flags = ["--disable-gpu", *(["--no-sandbox"] if is_root else [])]
    async with slack, async_playwright() as playwright:
        window = await playwright.chromium.launch(executable_path=chromium, args=flags)
        page = await window.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SHARPNESS)
        await page.goto(slack.url)
        await page.locator("li.message").last.screenshot(path=picture)
        await window.close()
