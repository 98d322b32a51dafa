"""What a person does on the playground's page."""

from playwright.async_api import Locator, Page, expect


async def become(page: Page, name: str) -> None:
    await page.get_by_role("button", name=f"Be {name}").click()
    await expect(page.get_by_role("button", name=f"You are {name}")).to_be_visible()


async def types(page: Page, line: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    await box.fill(line)
    await box.press("Enter")


def message(page: Page, text: str) -> Locator:
    """Return the latest message with a text."""
    return page.locator("li.message").filter(has_text=text).last


async def goes_to(page: Page, channel: str) -> None:
    await page.get_by_role("navigation").get_by_role("button", name=channel).click()


def dialog(page: Page) -> Locator:
    """Return the topmost modal."""
    return page.get_by_role("dialog").last
