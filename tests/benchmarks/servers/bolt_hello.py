"""Bolt's hello from its documentation, over HTTP or Socket Mode. The bot is compared with it."""

import argparse
import asyncio
import os

import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.screens.menu import MENU


def hello_app(*, default: bool, menu: bool) -> AsyncApp:
    """Make the app. `default` keeps Bolt's `process_before_response`. `menu` answers with the bot's menu."""
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    secret = os.environ["SLACK_SIGNING_SECRET"]
    app = AsyncApp(client=client, signing_secret=secret, process_before_response=not default)

    async def hello(ack: AsyncAck) -> None:
        await ack("Hello!")

    async def say_menu(ack: AsyncAck) -> None:
        await ack(text=MENU.text, blocks=MENU.blocks)

    app.command("/roleshift")(say_menu if menu else hello)
    return app


async def over_socket_mode(app: AsyncApp) -> None:
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()  # type: ignore[no-untyped-call]  # Bolt's


def main() -> None:
    parser = argparse.ArgumentParser()
    for flag in ("--default", "--menu", "--socket"):
        parser.add_argument(flag, action="store_true")
    args = parser.parse_args()
    app = hello_app(default=args.default, menu=args.menu)
    if args.socket:
        asyncio.run(over_socket_mode(app))
    else:
        handler, port = AsyncSlackRequestHandler(app), int(os.environ["PORT"])
        uvicorn.run(handler, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
