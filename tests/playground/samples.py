"""Run Slack's own sample apps, unchanged, on the emulator: `python -m tests.playground.samples NAME FOLDER -- COMMAND`.

`NAME` is `starter`, the template of Bolt for Python or JavaScript; `FOLDER` is a checkout of it with its packages. The
program does what a person would do with the app, and prints a table of what worked. Slack's code is not kept here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

EMULATOR = (sys.executable, "-m", "bot.playground.emulator")
PATIENCE = 20  # seconds until something shows
Json = dict[str, Any]


class Person:
    """The first person of the workspace, who uses the app through the page's endpoints."""

    def __init__(self, page: aiohttp.ClientSession) -> None:
        self.page, self.id, self.channel = page, "", ""

    async def state(self) -> Json:
        async with self.page.get("/page/state") as answer:
            found: Json = await answer.json()
            self.id = found["me"]["id"]
            self.channel = next(each["id"] for each in found["conversations"] if each["kind"] == "channel")
            return found

    async def does(self, act: str, **body: Any) -> None:
        async with self.page.post(f"/page/{act}", json={"as": self.id, **body}) as answer:
            told = await answer.json()
            if not told["ok"]:
                raise AssertionError(told["error"])

    async def sees(self, read: Callable[[Json], Any]) -> Any:
        """Return what `read` finds on the page, once it finds something."""
        async with asyncio.timeout(PATIENCE):
            while not (found := read(await self.state())):
                pass
        return found

    def reads(self, words: str) -> Awaitable[Any]:
        """Wait until a message in the channel holds these words."""
        return self.sees(lambda state: [m for m in state["messages"][self.channel] if words in json.dumps(m)])


async def command(person: Person) -> None:
    await person.does("say", conversation=person.channel, text="/sample-command hello")
    await person.reads("Responding to the sample command")


async def message(person: Person) -> None:
    await person.does("say", conversation=person.channel, text="hello there")
    await person.reads("how are you?")


async def home(person: Person) -> None:
    await person.does("home")
    await person.sees(lambda state: state["home"])


async def shortcut(person: Person) -> None:
    await person.does("shortcut", callback_id="sample_shortcut_id")
    view = (await person.sees(lambda state: state["views"]))[-1]
    action = {"type": "button", "action_id": "sample_action_id"}
    await person.does("click", view_id=view["id"], action=action, state_values=view["state_values"])
    await person.sees(lambda state: "Nice! You updated the modal" in json.dumps(state["views"], ensure_ascii=False))


async def form(person: Person) -> None:
    view = (await person.state())["views"][-1]
    values = {
        "input_block_id": {"sample_input_id": {"type": "plain_text_input", "value": "A garden"}},
        "select_channel_block_id": {
            "sample_dropdown_id": {"type": "conversations_select", "selected_conversation": person.channel}
        },
    }
    await person.does("submit", view_id=view["id"], state_values=values)
    await person.reads("A garden")


SAMPLES: dict[str, tuple[Callable[[Person], Awaitable[None]], ...]] = {
    "starter": (command, message, home, shortcut, form)
}


async def run(name: str, folder: Path, start: list[str]) -> int:
    """Do everything with the app, and return the number of acts that did not work."""
    pipe = asyncio.subprocess.PIPE
    emulator = await asyncio.create_subprocess_exec(
        *EMULATOR, "--manifest", str(folder / "manifest.json"), "--run-in", str(folder), "--", *start, stdout=pipe
    )
    try:
        assert emulator.stdout
        url = (await emulator.stdout.readline()).decode().split()[-1]
        async with aiohttp.ClientSession(url, headers={"Origin": url}) as page:
            person = Person(page)
            await person.state()
            failed = 0
            for act in SAMPLES[name]:
                try:
                    await act(person)
                    sys.stdout.write(f"| {act.__name__} | works |\n")
                except (AssertionError, TimeoutError) as reason:
                    failed += 1
                    sys.stdout.write(f"| {act.__name__} | {str(reason) or 'nothing showed'} |\n")
            async with page.get("/page/exchanges") as answer:
                refused = [each["refusal"] for each in (await answer.json())["exchanges"] if each["refusal"]]
            sys.stdout.write("".join(f"refused: {each}\n" for each in refused))
            return failed
    finally:
        emulator.terminate()
        await emulator.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run one of Slack's sample apps on the emulator")
    parser.add_argument("name", choices=SAMPLES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("command", nargs="+", help="starts the app in its folder, after --")
    options = parser.parse_args()
    sys.exit(bool(asyncio.run(run(options.name, options.folder.resolve(), options.command))))
