"""The README's first command in a real browser: what a newcomer does in the first minutes, and in the weeks after."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.browser import CHROMIUM, FLAGS

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "screenshots"

pytestmark = pytest.mark.timeout(120)


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    """A playground, started as the README says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "play", "--no-browser", "--port", "0", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    found = re.search(r"http://\S+?(?=\.? )", line)
    assert found, line
    yield found[0]
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest_asyncio.fixture
async def page(address: str, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """The playground's page; a picture is kept of a test that failed."""
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("ROLESHIFT_TEST_STRICT") else pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        await page.goto(address)
        yield page
        PICTURES.mkdir(exist_ok=True)
        await page.screenshot(path=PICTURES / f"{request.node.name}.png")
        await browser.close()


async def become(page: Page, name: str) -> None:
    await page.get_by_role("button", name=f"Be {name}").click()


async def types(page: Page, line: str) -> None:
    box = page.get_by_role("combobox", name="Message")
    await box.fill(line)
    await box.press("Enter")


def message(page: Page, text: str) -> Locator:
    """The latest message that holds a text."""
    return page.locator("li.message").filter(has_text=text).last


async def test_a_newcomer_picks_a_role_marks_a_skill_and_sees_the_progress(page: Page) -> None:
    await become(page, "Asha Raman")
    await types(page, "/roleshift myrole")
    picker = message(page, "Which role is yours?")
    await expect(picker).to_contain_text("Only visible to you")
    await picker.get_by_role("button", name="Choose your role").click()
    await page.get_by_role("option", name="Software Engineer").click()
    mine = message(page, "Software Engineer → AI Application Builder")
    await expect(mine).to_contain_text("Ships AI products or features")
    await mine.get_by_role("button", name="Mark as learned").click()
    await expect(message(page, "is learned.")).to_contain_text("1 of")
    await types(page, "/roleshift progress")
    await expect(message(page, "Your progress")).to_contain_text("You have learned 1 skill")

    await become(page, "Emil Brandt")
    await expect(page.get_by_text("Your progress")).to_have_count(0)  # what one person was told, nobody else sees


async def test_a_tip_comes_every_week_after_a_yes_until_there_is_a_pause(page: Page) -> None:
    await become(page, "Emil Brandt")
    await types(page, "/roleshift myrole sr devops")
    await message(page, "Shall I send you one tip a week?").get_by_role("button", name="Start weekly tips").click()
    await expect(page.get_by_text("One tip a week from now on").last).to_be_visible(timeout=15_000)

    nudges = page.locator("li.message").filter(has_text="Your tip for this week")
    await page.get_by_role("button", name="+1 week").click()
    await expect(nudges).to_have_count(1, timeout=20_000)
    await expect(nudges.last).to_contain_text("Why this one: next on your path to AI Platform Enabler")
    first = await nudges.last.inner_text()

    await page.get_by_role("button", name="+1 week").click()
    await expect(nudges).to_have_count(2, timeout=20_000)
    assert await nudges.last.inner_text() != first

    await nudges.last.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Paused until").last).to_be_visible()
    await page.get_by_role("button", name="+1 week").click()
    await types(page, "/roleshift tips")
    await expect(page.get_by_text("Paused until").last).to_be_visible()
    await expect(nudges).to_have_count(2)
    await types(page, "/roleshift resume")
    await expect(page.get_by_text("On again.").last).to_be_visible()
    await page.get_by_role("button", name="+1 week").click()
    await expect(nudges).to_have_count(3, timeout=20_000)


async def test_day_and_time_are_chosen_in_a_form_that_keeps_what_was_typed(page: Page) -> None:
    await become(page, "Kenji Mori")
    await types(page, "/roleshift tips")
    await message(page, "Weekly tips are off").get_by_role("button", name="Choose day and time").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Time zone").fill("Mars/Base")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("I don't know that time zone")
    await expect(form.get_by_label("Time zone")).to_have_value("Mars/Base")
    await form.get_by_label("Time zone").fill("Asia/Tokyo")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_contain_text("Weekly tips are on: Tuesdays 09:30, Tokyo")
