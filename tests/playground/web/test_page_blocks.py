"""Block Kit on the page: buttons, confirmations, modals, the Home tab, and text that tries to be more than text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_double import Double
from page_screens import EVERYTHING, ROLES, change_role, every_input
from playwright.async_api import expect

if TYPE_CHECKING:
    from page_fixtures import Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_click_reaches_the_app_and_the_message_changes(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.say("/roleshift tip")
    await tab.button("Mark skill as learned").click()
    await expect(tab.messages).to_contain_text("Marked as learned. (edited)")
    (click,) = double.sent("click")
    assert click["conversation"] == "DUADA"
    assert click["ts"] == double.messages["UADA"]["DUADA"][0]["ts"]
    assert click["action"] == {"type": "button", "action_id": "learned", "block_id": "tip_do", "value": "learned"}


async def test_a_pressed_button_is_busy_and_takes_no_second_click(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.say("/roleshift tip")
    button = tab.button("Remind me tomorrow")
    await expect(button).to_be_visible()
    double.answers = False
    await button.evaluate("button => { button.click(); button.click(); }")
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    assert len(double.sent("click")) == 1


async def test_a_confirmation_comes_first_and_escape_means_no(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.say("/roleshift myrole")
    await tab.button("Stop weekly tips").click()
    question = tab.page.get_by_role("alertdialog", name="Stop weekly tips?")
    await expect(question).to_contain_text("You keep your progress.")
    await tab.page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(tab.button("Stop weekly tips")).to_be_focused()
    assert double.sent("click") == []
    await tab.button("Stop weekly tips").click()
    await tab.button("Stop them").click()
    await expect(tab.messages).to_contain_text("Stopped.")


async def test_an_error_is_shown_at_its_field_and_the_input_is_kept(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [change_role()])
    await tab.modal.get_by_label("Why now").fill("New team")
    await tab.modal.get_by_label("Your new role").click()
    await tab.page.get_by_role("option", name="AI Landscape Navigator").click()
    await tab.button("Save").click()
    await expect(tab.modal.get_by_text("That is your role already.")).to_be_visible()
    await expect(tab.modal.get_by_label("Why now")).to_have_value("New team")
    await expect(tab.modal.get_by_label("Your new role")).to_be_focused()
    await tab.modal.get_by_label("Your new role").click()
    await tab.page.get_by_role("option", name="AI Experience Builder").click()
    await expect(tab.modal.get_by_text("That is your role already.")).to_be_hidden()
    await tab.button("Save").click()
    await expect(tab.modal).to_be_hidden()
    assert double.sent("submit")[-1]["state_values"] == {
        "role": {"pick": {"type": "static_select", "selected_option": ROLES[2]}},
        "why": {"text": {"type": "plain_text_input", "value": "New team"}},
    }


async def test_a_missing_required_field_is_reported_before_the_form_is_sent(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [change_role()])
    await tab.button("Save").click()
    await expect(tab.modal.get_by_text("Please complete this required field.")).to_be_visible()
    assert double.sent("submit") == []


async def test_a_view_that_changes_keeps_what_was_typed(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [change_role()])
    await tab.modal.get_by_label("Why now").fill("Half a sent")
    double.show("UADA", [change_role(error_free=False)])
    await expect(tab.modal.get_by_label("Why now")).to_have_value("Half a sent")
    await expect(tab.modal.get_by_label("Why now")).to_be_focused()


async def test_a_stack_of_views_goes_back_one_by_one(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [change_role()])
    await tab.modal.get_by_label("Why now").fill("Kept")
    double.show("UADA", [change_role(), every_input()])
    await expect(tab.page.get_by_role("dialog", name="Start a challenge")).to_be_visible()
    await tab.button("Back").click()
    await expect(tab.page.get_by_role("dialog", name="Change role")).to_be_visible()
    await expect(tab.modal.get_by_label("Why now")).to_have_value("Kept")
    await tab.page.keyboard.press("Escape")
    await expect(tab.modal).to_be_hidden()
    assert [body["view_id"] for body in double.sent("close")] == ["V2", "V1"]


async def test_every_kind_of_field_is_sent_in_slacks_shape(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [every_input()])
    modal = tab.modal
    await modal.get_by_label("Details").fill("Pick one prompt\nand change it")
    await modal.get_by_role("radio", name="AI Experience Builder").check()
    await modal.get_by_role("checkbox", name="AI Landscape Navigator").check()
    await modal.get_by_label("Ends on").fill("2026-12-04")
    await modal.get_by_label("At", exact=True).fill("16:00")
    await modal.get_by_label("Lead").click()
    await tab.page.get_by_role("option", name="Ben Okafor").click()
    await modal.get_by_label("Skills").click()
    await tab.page.get_by_role("option", name="AI Platform Enabler").click()
    await tab.page.keyboard.press("Escape")
    await tab.button("Start").click()
    await expect(modal).to_be_hidden()
    sent = {block: states["value"] for block, states in double.sent("submit")[0]["state_values"].items()}
    assert sent == {
        "title": {"type": "plain_text_input", "value": "Ship one prompt change"},
        "details": {"type": "plain_text_input", "value": "Pick one prompt\nand change it"},
        "role": {"type": "static_select", "selected_option": ROLES[1]},
        "skills": {"type": "multi_static_select", "selected_options": [ROLES[1]]},
        "level": {"type": "radio_buttons", "selected_option": ROLES[2]},
        "days": {"type": "checkboxes", "selected_options": ROLES[:2]},
        "ends_on": {"type": "datepicker", "selected_date": "2026-12-04"},
        "at": {"type": "timepicker", "selected_time": "16:00"},
        "lead": {"type": "users_select", "selected_user": "UBEN"},
        "channel": {"type": "channels_select", "selected_channel": "CTEAM"},
        "report_to": {"type": "conversations_select", "selected_conversation": None},
        "goal": {"type": "number_input", "value": None},
    }


async def test_text_that_is_too_long_is_counted_at_its_field(open_page: Open, double: Double) -> None:
    tab = await open_page()
    double.show("UADA", [every_input()])
    await tab.modal.get_by_label("Title").fill("x" * 43)
    await tab.modal.get_by_label("Title").press("Enter")
    await expect(tab.modal.get_by_text("that is 3 too many")).to_be_visible()
    assert double.sent("submit") == []


async def test_controls_in_messages_tell_the_app_what_was_chosen(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=EVERYTHING)
    tab = await open_page()
    await tab.button("Role").click()
    await tab.page.get_by_role("option", name="AI Platform Enabler").click()
    await tab.page.get_by_role("checkbox", name="AI Landscape Navigator").check()
    await tab.button("Someone").click()
    await tab.page.get_by_role("combobox", name="Type to filter").fill("ben")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_text("Clicked u.").last).to_be_visible()
    select, checks, person = (body["action"] for body in double.sent("click"))
    assert select == {"type": "static_select", "action_id": "s", "block_id": "sec_select", "selected_option": ROLES[0]}
    assert checks["selected_options"] == [ROLES[1]]
    assert person["selected_user"] == "UBEN"
    assert double.sent("click")[-1]["state_values"]["sec_select"]["s"]["selected_option"] == ROLES[0]


async def test_an_overflow_menu_opens_and_picks_by_keyboard(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.say("/roleshift myrole")
    await tab.button("More actions").press("Enter")
    await expect(tab.page.get_by_role("menuitem", name="Compare roles")).to_be_focused()
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("Enter")
    await expect(tab.messages.last).to_contain_text("Clicked more.")
    assert double.sent("click")[0]["action"]["selected_option"]["value"] == "export"


async def test_one_of_everything_is_drawn_and_the_unknown_is_said(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=EVERYTHING)
    tab = await open_page()
    message = tab.messages.first
    await expect(message.get_by_role("heading", name="One of everything")).to_be_visible()
    for words in (
        "@Ada Fischer",
        "#team-platform",
        "snake_case_stays 2*3*4 <b> &amp;",
        "Tuesday, 24 November 2026 at 10:30",
    ):
        await expect(message).to_contain_text(words)
    await expect(message.locator("strong", has_text="bold").first).to_be_visible()
    await expect(message.get_by_role("figure", name="Skills learned by theme")).to_be_visible()
    await expect(message.get_by_role("cell", name="3").first).to_be_attached()
    await expect(message.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.com/a?b=1&c=2")
    await expect(message.get_by_text("Slack would draw “hologram” here")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "names"),
    [(1280, ["Mindset of a product", "Speed"]), (390, ["Mindset of", "a product"])],
    ids=["wide", "narrow"],
)
async def test_a_chart_names_what_fits_and_gives_every_number_to_screen_readers(
    open_page: Open, double: Double, width: int, names: list[str]
) -> None:
    weeks, themes = [f"{day} Nov" for day in range(1, 13)], ["Mindset of a product", "Speed", "Tools", "Skills"]
    blocks = [chart_of("Tips by week", weeks), chart_of("Skills by theme", themes)]
    double.post(["UADA"], "DUADA", blocks=blocks)
    tab = await open_page(viewport={"width": width, "height": 800})
    by_week, by_theme = (tab.messages.get_by_role("figure", name=name) for name in ("Tips by week", "Skills by theme"))
    await expect(by_week.locator(".bar-name")).to_have_text(weeks[1::2])  # there is no room for all; the last is named
    await expect(by_week.get_by_role("rowheader")).to_have_text(weeks)
    await expect(by_week.locator("tbody td")).to_have_text([str(n) for n in range(12)])
    drawn = await by_theme.locator(".bar-name").all_text_contents()
    assert drawn[:2] == names
    await expect(by_theme.get_by_role("rowheader")).to_have_text(themes)


async def test_a_narrow_screen_scrolls_down_only_and_breaks_no_button(open_page: Open, double: Double) -> None:
    button = {"type": "button", "action_id": "learn", "text": {"type": "plain_text", "text": "Mark as learned"}}
    row = {"type": "section", "text": {"type": "mrkdwn", "text": "*Know your data*\nWhy"}, "accessory": button}
    double.post(["UADA"], "DUADA", blocks=[chart_of("The skills learned by theme, and by whom", ["Mindset"]), row])
    tab = await open_page(viewport={"width": 320, "height": 640})
    await expect(tab.messages.get_by_role("figure")).to_be_visible()
    sideways = "list => list.scrollWidth - list.clientWidth"
    assert await tab.page.locator("#scroller").evaluate(sideways) == 0
    assert await tab.button("Mark as learned").evaluate("button => button.offsetHeight") < 40  # two lines take more


def chart_of(title: str, names: list[str]) -> dict[str, object]:
    """Return a bar chart whose values count up from zero."""
    points = [{"label": name, "value": number} for number, name in enumerate(names)]
    plot = {"type": "bar", "series": [{"name": "About", "data": points}], "axis_config": {"categories": names}}
    return {"type": "data_visualization", "title": title, "chart": plot}


async def test_code_is_red_on_grey_with_any_content(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", text="`████░░░░` and `flag`")
    tab = await open_page()
    looks = "all => all.map((one) => [one.textContent, getComputedStyle(one).color, getComputedStyle(one).display])"
    bar, flag = await tab.messages.locator("code").evaluate_all(looks)
    red, green, blue = map(int, bar[1].removeprefix("rgb(").removesuffix(")").split(","))
    assert [bar[0], flag[0]] == ["████░░░░", "flag"]
    assert red > 2 * green
    assert red > 2 * blue
    assert bar[1:] == flag[1:]


async def test_bullets_are_plain_text_without_a_hanging_indent(open_page: Open, double: Double) -> None:
    double.post(
        ["UADA"], "DUADA", text=f"Watch\n• Token usage\n• {'and a line that is far too long for this screen ' * 4}"
    )
    tab = await open_page(viewport={"width": 700, "height": 700})
    assert await tab.messages.locator("li").count() == 0
    await expect(tab.messages).to_contain_text("• Token usage")
    assert len(await tab.messages.locator(".text").evaluate(LEFT_EDGES)) == 1


async def test_the_home_tab_shows_what_the_app_published(open_page: Open, double: Double) -> None:
    tab = await open_page()
    await tab.page.get_by_role("tab", name="Home").click()
    home = tab.page.get_by_role("tabpanel", name="Home")
    await expect(home.get_by_role("heading", name="AI Platform Enabler")).to_be_visible()
    await home.get_by_role("button", name="A tip now").click()
    await expect(home.get_by_role("button", name="A tip now")).not_to_have_attribute("aria-busy", "true")
    assert [body["view_id"] for body in double.sent("click")] == ["VHOME"]
    assert double.sent("home")[-1] == {"as": "UADA", "tab": "home"}


LEFT_EDGES = """node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return [...new Set([...range.getClientRects()].filter((box) => box.width).map((box) => box.left))];
}"""

HOSTILE = (
    "<img src=x onerror=alert(1)> <script>alert(1)</script> <javascript:alert(1)|click> "
    "<data:text/html,x|data> [a](javascript:alert(1)) <https://ok.example|*fine*>"
)


HOSTILE_BLOCKS: list[dict[str, object]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},
    {"type": "section", "text": {"type": "plain_text", "text": HOSTILE}},
    {"type": "header", "text": {"type": "plain_text", "text": HOSTILE}},
    {"type": "markdown", "text": HOSTILE},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": HOSTILE}]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": HOSTILE},
                    {"type": "link", "url": "javascript:alert(1)", "text": "click"},
                ],
            }
        ],
    },
]


async def test_hostile_text_stays_text(open_page: Open, double: Double) -> None:
    double.post(["UADA"], "DUADA", blocks=HOSTILE_BLOCKS)
    tab = await open_page()
    await expect(tab.messages.get_by_text("onerror=alert(1)")).to_have_count(len(HOSTILE_BLOCKS))
    assert await tab.messages.locator("script, img").count() == 0
    links = await tab.messages.locator("a").evaluate_all(
        "links => links.map((link) => [link.protocol, link.rel, link.target])"
    )
    assert all(link == ["https:", "noopener noreferrer", "_blank"] for link in links)
