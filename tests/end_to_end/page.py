"""What a person does on the playground's page."""

from playwright.async_api import Locator, Page, expect

from bot.playground.demo.travel import STOPPED

CATCH_NEWS = """() => {
  const place = document.getElementById("clock-news");
  window.news = new Promise((caught) => new MutationObserver((_, observer) => {
    if (place.textContent) { observer.disconnect(); caught(place.textContent); }
  }).observe(place, { childList: true }));
}"""


async def become(page: Page, name: str) -> None:
    await page.get_by_role("button", name=f"Be {name}").click()
    await expect(page.get_by_role("button", name=f"You are {name}")).to_be_visible()


async def types(page: Page, line: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    await box.fill(line)
    await box.press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator("li.message").filter(has_text=text).last


async def moves_clock(page: Page, button: str) -> str:
    """Press a button of the playground's clock. Return the news once it has arrived and the page shows all that came.

    The page hides the news after a while, so they are caught as they come.
    """
    await page.evaluate(CATCH_NEWS)
    pressed = page.get_by_role("group", name="The playground's clock").get_by_role("button", name=button)
    await pressed.click()
    news: str = await page.evaluate("() => window.news")
    assert news != STOPPED
    await expect(pressed).not_to_have_attribute("aria-busy", "true")
    return news


async def goes_to(page: Page, place: str) -> None:
    await page.get_by_role("navigation", name="Channels and apps").get_by_role("button", name=place).click()


async def begins_challenge(page: Page, channel: str, title: str) -> None:
    """Open the form of a challenge from a template."""
    await goes_to(page, channel)
    await types(page, "/roleshift challenge new")
    await page.get_by_role("button", name="Choose a template").click()
    await page.get_by_role("option", name=title).click()
    await dialog(page).get_by_role("button", name="Next").click()
    await expect(dialog(page).get_by_label("Title")).to_have_value(title)


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog").last


async def closes(page: Page, button: str) -> None:
    """Press a button of the form on top, after which none is open."""
    await dialog(page).get_by_role("button", name=button).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
