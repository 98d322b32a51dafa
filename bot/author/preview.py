"""`content preview`: an entry as members see it, as text or as a picture of the playground's page."""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from bot.author import screens
from bot.core.catalog import Catalog
from bot.core.content_types import Quiz
from bot.core.errors import CommandError
from bot.playground.emulator.emulator import Emulator
from bot.playground.emulator.manifest import read_manifest
from bot.playground.emulator.roster_file import default_roster
from bot.playground.page.clock_moves import Jumps
from bot.playground.page.endpoints import Page
from bot.slack.message import Block, Message, unescape

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MANIFEST = Path(__file__).parents[2] / "manifest.json"
WIDTH, HEIGHT, SHARPNESS = 1000, 1600, 2  # pixels of the page, and of the picture for each of them


def message_of(catalog: Catalog, entry_id: str) -> Message:
    """Return the message in which members see an entry. Raise CommandError."""
    if lesson := catalog.lessons.get(entry_id):
        return _first(screens.of_tip(catalog, lesson, 0))
    if quiz := catalog.quizzes.get(entry_id):
        return _of_check(catalog, quiz)
    if skill := catalog.skills.get(entry_id):
        return _first(screens.of_skill(catalog, skill))
    if role := catalog.roles.get(entry_id):
        return _first(screens.of_role(catalog, role))
    if challenge := catalog.challenges.get(entry_id):
        return _first(screens.of_challenge(catalog, challenge))
    if theme := catalog.themes.get(entry_id):
        return _first(screens.of_theme(catalog, theme))
    raise CommandError(f"There is no role, skill, tip, check, challenge or theme {entry_id!r}.")


def _first(shown: Iterable[screens.Screen]) -> Message:
    message = next(iter(shown)).shown
    assert isinstance(message, Message)  # noqa: S101 - the first screen of each kind is a message
    return message


def _of_check(catalog: Catalog, quiz: Quiz) -> Message:
    asked, answered = (each.shown for each in screens.of_check(catalog, quiz, 0))
    assert isinstance(asked, Message)  # noqa: S101 - both are messages
    assert isinstance(answered, Message)  # noqa: S101 - as above
    return Message(asked.text, [*asked.blocks, *answered.blocks])


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
    slack = Emulator(read_manifest(MANIFEST), default_roster())
    slack.add(Page(slack, Jumps(slack), slack.reset))
    person = next(iter(slack.workspace.people))
    dm = slack.workspace.dm(person)
    slack.workspace.post(
        dm.id, slack.workspace.bot_user, message.text, blocks=[dict(block) for block in message.blocks]
    )
    async with slack:
        await _shoot(slack.url, chromium, picture)


async def _shoot(address: str, chromium: str, picture: Path) -> None:
    from playwright.async_api import async_playwright  # noqa: PLC0415 - `browser` found it; it is no run-time package

    is_root = sys.platform != "win32" and os.geteuid() == 0  # Chromium's sandbox refuses to run as root
    flags = ["--disable-gpu", *(["--no-sandbox"] if is_root else [])]
    async with async_playwright() as playwright:
        window = await playwright.chromium.launch(executable_path=chromium, args=flags)
        page = await window.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SHARPNESS)
        await page.goto(address)
        await page.locator("li.message").last.screenshot(path=picture)
        await window.close()
