"""Takes the README's picture: `python -m tests.picture` plays a short scene and writes .github/playground.png."""

import asyncio
import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser import CHROMIUM, FLAGS

PICTURE = Path(__file__).parent.parent / ".github" / "playground.png"
SCENE = ("/roleshift myrole sr devops", "/roleshift learn token costs", "/roleshift myrole")


@contextlib.contextmanager
def playground() -> Iterator[str]:
    """The address of a playground, run as a newcomer would."""
    command = [sys.executable, "-m", "bot", "play", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://\S+", line):
                break
        else:
            raise SystemExit("the playground did not start")
        try:
            yield found[0]
        finally:
            process.terminate()


async def take(address: str, picture: Path) -> None:
    """Plays the scene and takes the picture."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        await page.goto(address)
        box = page.get_by_role("combobox", name="Message")
        await page.get_by_role("button", name="Be Emil Brandt").click()
        for line in SCENE:
            await box.fill(line)
            await box.press("Enter")
            await page.wait_for_timeout(900)
        await page.screenshot(path=picture)
        await browser.close()


def main() -> None:
    """Writes the picture."""
    with playground() as address:
        asyncio.run(take(address, Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE))


if __name__ == "__main__":
    main()
