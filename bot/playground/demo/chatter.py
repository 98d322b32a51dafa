"""What people wrote in the sample workspace's channels before the demo began, so that *Coach this* has something."""

from __future__ import annotations

from datetime import timedelta

from bot.playground.emulator.workspace import Workspace

GENERAL, PLATFORM, GUILD, DESIGN = "C01GENERAL", "C02PLATFORM", "C03AIGUILD", "C05DESIGN"
NEW, REPLY = False, True

# Hours ago, channel, author, whether it answers the message before it there, text.
CHATTER = (
    (98, PLATFORM, "U21CALLUM", NEW, "The bill for model calls doubled last week. Which service was it?"),
    (97, PLATFORM, "U03ASHA", REPLY, "We log tokens per request since Monday. I can split it by service."),
    (96, PLATFORM, "U21CALLUM", REPLY, "Please. And can we have an alert before the next surprise?"),
    (75, GUILD, "U08PRIYA", NEW, "How do you test a prompt change? Mine fixed one answer and broke two others."),
    (74, GUILD, "U19MARCUS", REPLY, "I keep ten real questions in a file and read all ten answers before I merge."),
    (52, GENERAL, "U01NORA", NEW, "The support assistant goes live on Thursday. Write down what it must never answer."),
    (49, GUILD, "U11MINH", NEW, "My agent called one tool eleven times and then gave up. Where do I start to look?"),
    (30, DESIGN, "U05ISLA", NEW, "The assistant sounds sure when it is wrong. How do we show people that it may be?"),
    (27, PLATFORM, "U13LUKAS", NEW, "Answers take nine seconds at noon and two at night. Is that us or the provider?"),
    (26, PLATFORM, "U17LUCIANA", REPLY, "The provider, I think. But we send the whole handbook with each question."),
    (22, GUILD, "U12MARTA", NEW, "The assistant quotes a price list of 2023. The new one is in the index, I checked."),
)


def lay_down(workspace: Workspace) -> None:
    """Post what was written, each at its time."""
    now, latest = workspace.clock(), dict[str, str]()
    for hours_ago, room, author, is_reply, text in CHATTER:
        thread_ts = latest[room] if is_reply else None
        message = workspace.post(room, author, text, now - timedelta(hours=hours_ago), thread_ts=thread_ts)
        latest[room] = thread_ts or message.ts
