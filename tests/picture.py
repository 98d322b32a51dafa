"""Take the README's pictures: `python -m tests.picture` plays two short scenes and writes them to .github/."""

import asyncio
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.browser import CHROMIUM, FLAGS
from tests.end_to_end.page import become, begins_challenge, dialog, goes_to, message, types
from tests.end_to_end.process import playground

FOLDER = Path(__file__).parent.parent / ".github"
ICON = Path(__file__).parent.parent / "bot" / "playground" / "page" / "web" / "icon.svg"
CHALLENGE = "Ship one prompt change behind a flag"


async def my_role(page: Page) -> None:
    """Show how a backend developer's role changes, what she proved of it, and the open step of her project."""
    await become(page, "Asha Raman")
    for line, said in (("myrole", "AI Context Provider"), ("next", "Done when")):
        await types(page, f"/roleshift {line}")
        await expect(page.locator("li.message").last).to_contain_text(said)


async def challenge(page: Page) -> None:
    """Show a live challenge to a member who has just done it. Nora, whom a visitor plays first, started it."""
    await begins_challenge(page, "platform", CHALLENGE)
    await dialog(page).get_by_role("button", name="Preview").click()
    await dialog(page).get_by_role("button", name="Post it").click()
    live = page.locator("li.message").filter(has_text=f"Team challenge: {CHALLENGE}").first
    for name in ("Kenji Mori", "Emil Brandt", "Asha Raman"):
        await become(page, name)
        await goes_to(page, "platform")
        await live.get_by_role("button", name="I'm in").click()
        await message(page, "You're in").wait_for()
        if name != "Kenji Mori":
            await live.get_by_role("button", name="I did it").click()
            await message(page, "Noted: you did it.").wait_for()
    await page.get_by_text("3 are in, 2 have done it.").wait_for(timeout=60_000)


async def take() -> None:
    """Play each scene and take its picture. Draw the app's icon."""
    async with playground() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scene, name in ((my_role, "playground.png"), (challenge, "challenge.png")):
            page = await browser.new_page(viewport={"width": 1280, "height": 860})
            await page.goto(address)
            await scene(page)
            await page.screenshot(path=FOLDER / name)
            await page.close()
        for size in (512, 1024):
            page = await browser.new_page(viewport={"width": size, "height": size})
            await page.set_content(f"<style>body {{ margin: 0 }}</style>{ICON.read_text(encoding='utf-8')}")
            await page.screenshot(path=FOLDER / f"icon-{size}.png", omit_background=True)
            await page.close()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take())
