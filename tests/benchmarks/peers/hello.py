"""Bolt's hello from its documentation. The bot is compared with it."""

import os

import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

if __name__ == "__main__":
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"], process_before_response=True)

    @app.command("/roleshift")
    async def hello(ack: AsyncAck) -> None:
        await ack("Hello!")

    handler, port = AsyncSlackRequestHandler(app), int(os.environ["PORT"])
    uvicorn.run(handler, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_level="warning")
