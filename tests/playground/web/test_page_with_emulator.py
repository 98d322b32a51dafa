"""The page, the emulator and a real Bolt app together: a challenge from its form to its thread, for several people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from block_kit_samples import Json, actions, button, plain, section
from bolt_app import heard, opening
from challenge_app import GUILD, ChallengeApp, entry, screen
from playwright.async_api import expect
from slack_bolt.async_app import AsyncAck, AsyncApp

from tests.driver.standin import StandIn

if TYPE_CHECKING:
    from page_fixtures import BrowserTab, Open

pytest_plugins = ["page_fixtures"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "How do you test a prompt change?"
SEEN_BY = {"U02EMIL": 200, "U05ISLA": 404}  # Isla is a guest, and not in #platform


@pytest.fixture
def app(linked_app: AsyncApp) -> ChallengeApp:
    return ChallengeApp(linked_app)


@pytest_asyncio.fixture(loop_scope="session")
async def tab(emulator: StandIn, open_as: Open) -> AsyncIterator[BrowserTab]:
    tab = await open_as()
    await tab.go_to("platform")
    yield tab
    assert emulator.refused == []


async def test_a_form_is_filled_in_refused_corrected_looked_at_and_sent(
    tab: BrowserTab, app: ChallengeApp, emulator: StandIn
) -> None:
    await tab.box.press_sequentially("/roleshift admins add @jo")
    await tab.box.press("Enter")  # takes the person whom the page offers
    await tab.box.press("Enter")
    await tab.modal.get_by_label("Title").fill("Ship one prompt change")
    await tab.modal.get_by_label("Ends on").fill("2026-12-04")
    await tab.button("Preview").click()
    await expect(tab.modal.get_by_text("I am not in that channel.")).to_be_visible()
    await expect(tab.modal.get_by_text("That day is over.")).to_be_visible()
    await expect(tab.modal.get_by_label("Title")).to_have_value("Ship one prompt change")
    channel = tab.modal.get_by_role("button", name="Channel")
    await expect(channel).to_contain_text("#platform")  # it began where Nora was
    await channel.press("Enter")
    await tab.page.keyboard.type("guild")
    await tab.page.keyboard.press("Enter")
    await tab.button("Preview").click()
    preview = tab.page.get_by_role("dialog", name="Preview")
    await preview.get_by_role("button", name="Back").last.click()
    await expect(tab.modal.get_by_label("Title")).to_have_value("Ship one prompt change")
    await tab.modal.get_by_label("Title").fill("Ship two prompt changes")
    await tab.button("Preview").click()
    await preview.get_by_role("button", name="Start").click()
    await expect(tab.page.get_by_role("dialog", name="Started")).to_be_visible()
    await tab.button("Close").last.click()
    await expect(tab.modal).to_be_hidden()
    commands = [sent["payload"]["text"] for sent in emulator.socket.sent if sent["type"] == "slash_commands"]
    assert commands == ["admins add <@U16JOAO|joao.siqueira>"]
    assert [values["title"]["value"] for values in app.submitted[:2]] == ["Ship one prompt change"] * 2
    assert app.submitted[2] == {
        "title": {"type": "plain_text_input", "value": "Ship two prompt changes"},
        "room": {"type": "conversations_select", "selected_conversation": GUILD},
        "day": {"type": "datepicker", "selected_date": "2026-12-04"},
        "time": {"type": "timepicker", "selected_time": "16:00"},
    }


async def test_one_message_lives_in_its_channel_and_answers_each_reader_alone(
    tab: BrowserTab, app: ChallengeApp, emulator: StandIn
) -> None:
    await app.start()
    await tab.page.get_by_role("button", name="ai-guild unread").click()
    await expect(tab.page.get_by_role("button", name="ai-guild", exact=True)).to_be_visible()
    await tab.button("I did it").click()
    await expect(tab.messages.first).to_contain_text("4 of 22 have done it.")
    await expect(tab.messages.last).to_contain_text("Only visible to you")
    await expect(tab.messages.last).to_contain_text("That makes one more.")
    await expect(tab.page.get_by_text("(edited)")).to_have_count(0)

    await tab.become("Isla Carver")
    await expect(tab.messages).to_have_count(1)
    await tab.page.get_by_role("button", name="1 reply").click()
    thread = tab.page.get_by_role("region", name="Messages in this thread")
    await expect(thread).to_contain_text("@Emil Brandt did it: flag tone-v2.")
    await tab.go_to("design")
    await app.is_done()
    await app.client.chat_postMessage(channel=GUILD, thread_ts=app.ts, text="One more.")
    await app.client.chat_postMessage(channel=GUILD, text="Two days left.")
    await expect(tab.page.get_by_role("button", name="ai-guild unread")).to_be_visible()  # neither update nor reply
    await tab.go_to("ai-guild")
    await expect(tab.messages.first).to_contain_text("5 of 22 have done it.")
    await expect(tab.page.get_by_role("button", name="2 replies")).to_be_visible()
    assert [post.method for post in emulator.posts if post.ts == app.ts] == ["chat.postMessage"] + ["chat.update"] * 2


async def test_the_end_of_a_press_leaves_the_next_press_alone(tab: BrowserTab, app: ChallengeApp) -> None:
    await app.start()
    await tab.go_to("ai-guild")
    button = tab.button("I did it")
    await button.evaluate(
        """button => {
            button.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
            button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button: 0 }));
        }"""
    )
    await app.is_done()
    await tab.page.wait_for_timeout(300)
    await expect(tab.messages.first).to_contain_text("3 of 22 have done it.")
    await button.dispatch_event("pointerup")
    await expect(tab.messages.first).to_contain_text("4 of 22 have done it.")


async def test_a_file_is_opened_and_saved_by_those_who_see_its_message_and_by_nobody_else(
    tab: BrowserTab, linked_app: AsyncApp
) -> None:
    client, figures = linked_app.client, "figure;about\n<b>did</b>;5\n"
    shared = await client.files_upload_v2(
        channel="C02PLATFORM", content=figures, filename="figures.csv", title="Figures", initial_comment="The figures"
    )
    await client.files_upload_v2(channel="C02PLATFORM", content=b"\xff\x00", filename="picture.bin")
    message = tab.messages.filter(has_text="The figures")
    await expect(message).to_contain_text("Figures")
    await expect(message).to_contain_text(f"{len(figures)} bytes")
    async with tab.page.expect_popup() as opened:
        await message.get_by_role("link", name="Open figures.csv").click()
    popup = await opened.value
    await expect(popup.locator("body")).to_have_text(figures)
    await popup.close()
    for name, content in (("figures.csv", figures.encode()), ("picture.bin", b"\xff\x00")):
        async with tab.page.expect_download() as saved:
            await tab.page.get_by_role("link", name=f"Download {name}").click()
        download = await saved.value
        assert (download.suggested_filename, (await download.path()).read_bytes()) == (name, content)
    address = f"/page/file/{shared['files'][0]['id']}?as="
    found = [
        await tab.page.evaluate("(url) => fetch(url).then(({ status }) => status)", address + who) for who in SEEN_BY
    ]
    assert found == list(SEEN_BY.values())
    tab.complaints.clear()  # the browser itself reports the status 404


async def test_several_people_channels_and_options_of_the_app_are_chosen_beside_addresses_and_notes(
    tab: BrowserTab, linked_app: AsyncApp
) -> None:
    cities: list[Json] = [{"text": plain(name), "value": name.lower()} for name in ("Berlin", "Bergen", "Bonn")]
    several = ("multi_users", "multi_channels", "multi_conversations", "multi_external")
    menus = [entry(f"{kind}_select", kind, {"type": f"{kind}_select", "max_selected_items": 2}) for kind in several]
    kinds = ("email_text_input", "url_text_input", "rich_text_input")
    opening(linked_app, screen("form", "New", "Save", *menus, *(entry(kind, kind, {"type": kind}) for kind in kinds)))

    @linked_app.options("value")
    async def _(ack: AsyncAck, payload: Json) -> None:
        await ack(options=[city for city in cities if city["value"].startswith(payload["value"])])

    submitted, keys = heard(linked_app.view("form")), tab.page.keyboard
    await tab.say("/roleshift")
    for kind, typed in (("users", "emi kenj"), ("channels", "plat gener"), ("conversations", "roles desi")):
        await tab.modal.get_by_role("button", name=f"multi_{kind}").click()
        for start in typed.split():
            await tab.page.get_by_role("combobox").fill(start)
            await tab.page.get_by_role("option").first.click()
        await expect(tab.page.get_by_text("You can choose 2 at most.").locator("visible=true")).to_have_count(1)
        await keys.press("Escape")
    await tab.modal.get_by_role("button", name="multi_external").click()
    for start in ("berl", "bonn"):
        await tab.page.get_by_role("combobox").fill(start)
        await tab.page.get_by_role("option", name=start).click()
    await keys.press("Escape")
    await expect(tab.modal.get_by_role("button", name="multi_external")).to_contain_text("BerlinBonn")
    for kind, words in zip(kinds, ("ada", "https://example.com", "Hi"), strict=True):
        await tab.modal.get_by_label(kind).fill(words)
    await tab.button("Save").click()
    await expect(tab.modal.get_by_text("Please enter an email address.")).to_be_visible()
    await tab.modal.get_by_label("email_text_input").fill("ada@example.com")
    await tab.button("Save").click()
    await expect(tab.modal).to_be_hidden()
    sent = {block: state["value"] for block, state in submitted[0]["view"]["state"]["values"].items()}
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Hi"}]}
    assert {kind: next(value for key, value in state.items() if key != "type") for kind, state in sent.items()} == {
        "multi_users_select": ["U02EMIL", "U04KENJI"],
        "multi_channels_select": ["C02PLATFORM", "C01GENERAL"],
        "multi_conversations_select": ["D01NORA", "C05DESIGN"],
        "multi_external_select": [cities[0], cities[2]],
        "email_text_input": "ada@example.com",
        "url_text_input": "https://example.com",
        "rich_text_input": {"type": "rich_text", "elements": [line]},
    }


async def test_a_reply_is_answered_in_its_thread_and_a_click_there_too(
    tab: BrowserTab, linked_app: AsyncApp, emulator: StandIn
) -> None:
    @linked_app.event("app_mention")
    async def answer(event: Json) -> None:
        blocks = [section(), actions(button(text=plain("More"), action_id="more"))]
        place = {"channel": event["channel"], "thread_ts": event.get("thread_ts", event["ts"])}
        await linked_app.client.chat_postMessage(text="Ten questions", blocks=blocks, **place)

    @linked_app.action("more")
    async def tell_more(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        place = {"channel": body["channel"]["id"], "thread_ts": body["container"]["thread_ts"]}
        await linked_app.client.chat_postEphemeral(user=body["user"]["id"], text="Read all ten answers.", **place)

    emulator.workspace.post(GUILD, "U02EMIL", QUESTION)
    await tab.go_to("ai-guild")
    keys, thread = tab.page.keyboard, tab.page.get_by_role("region", name="Messages in this thread")
    begin = tab.page.locator("#messages .message", has_text=QUESTION).get_by_role("button", name="Reply in thread")
    await begin.focus()
    await keys.press("Enter")
    box = tab.page.get_by_role("textbox", name="Reply in thread")
    await expect(box).to_be_focused()
    await keys.type("/help")
    await keys.press("Enter")
    await expect(tab.page.get_by_text("/help is not supported in threads. Sorry!")).to_be_visible()
    await expect(box).to_have_value("/help")
    await box.fill("@roleshift what do you say?")
    await keys.press("Enter")
    await thread.get_by_role("button", name="More").click()
    await expect(thread.locator(".ephemeral")).to_contain_text("Read all ten answers.")
    await expect(tab.page.locator("#thread .thread-note")).to_have_text("#ai-guild · 2 replies")
    await expect(tab.page.locator("#messages > .message")).to_have_count(1)
    await box.focus()
    await keys.type("@em")
    await expect(tab.page.get_by_role("option", name="Emil Brandt")).to_be_visible()
    await keys.press("Escape")
    await expect(box).to_be_focused()  # it closed the list of people alone
    await box.fill("")
    await keys.press("Escape")
    await expect(tab.page.locator("#thread")).to_be_hidden()
    await expect(tab.page.get_by_role("button", name="2 replies")).to_be_focused()
