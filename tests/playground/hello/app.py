"""A Slack app in twenty lines of Bolt, which knows nothing of the emulator."""

import os

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

app = App(token=os.environ["SLACK_BOT_TOKEN"])


@app.command("/hello")
def hello(ack, command, client):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 - as beginners write it
    ack(f"Hello, <@{command['user_id']}>!")
    client.chat_postMessage(channel=command["channel_id"], text="Somebody said hello.")


if __name__ == "__main__":
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()  # type: ignore[no-untyped-call]
