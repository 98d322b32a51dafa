"""A team and its challenge: who writes it, who takes part, and what the channel then holds."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.playground.outcome import Outcome
from bot.playground.workspace import Message
from bot.slack.views import challenge_form as form
from jobs import once
from tests.slack.life import Life
from tests.slack.talk import Talk, shown

NORA, EMIL, ASHA, KENJI, ISLA = "U01NORA", "U02EMIL", "U03ASHA", "U04KENJI", "U05ISLA"
PLATFORM, DESIGN, ARCHIVED = "C02PLATFORM", "C05DESIGN", "C04PROMPTS"
TEMPLATE = "one-prompt-change-behind-a-flag"
NORAS = ZoneInfo("America/New_York")


class Team:
    """The members of a workspace around one challenge."""

    def __init__(self, life: Life) -> None:
        self.life, self.slack = life, life.slack

    @property
    def now(self) -> datetime:
        return self.slack.clock()

    async def jobs(self, **passes: float) -> None:
        """Time passes, and the jobs do what is due."""
        if passes:
            self.slack.clock.advance(timedelta(**passes))
        await once.once(self.life.desk)

    async def opens(self, who: str = NORA, template: str = TEMPLATE) -> Outcome:
        """The form, filled in as its template says."""
        first = await self.slack.command(who, "/roleshift challenge new")
        return await self.slack.submit(who, first, {form.TEMPLATE: template})

    async def previews(self, who: str = NORA, template: str = TEMPLATE, **fields: object) -> Outcome:
        """The preview; fields bear their names with _ for -."""
        opened = await self.opens(who, template)
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return await self.slack.submit(who, opened, self.usual() | named)

    def usual(self, days: int = 7) -> dict[str, object]:
        """Channel and end, as Nora's calendar has it."""
        end = (self.now + timedelta(days=days)).astimezone(NORAS)
        return {form.CHANNEL: PLATFORM, form.END_DATE: f"{end:%Y-%m-%d}", form.END_TIME: f"{end:%H:%M}"}

    async def starts(self, who: str = NORA, template: str = TEMPLATE, **fields: object) -> Message:
        """A challenge, posted; its live message."""
        preview = await self.previews(who, template, **fields)
        assert preview.view is not None and preview.view.spec["title"]["text"] == "Preview", preview.errors
        posted = await self.slack.submit(who, preview)
        assert "is on its way" in words(posted), words(posted)
        await self.jobs()
        return self.live()

    def said(self, channel: str = PLATFORM) -> list[Message]:
        """What the bot said in a channel for all to see."""
        messages = self.slack.workspace.messages[channel]
        return [one for one in messages if one.author == self.slack.workspace.bot_user and one.reader is None]

    def live(self) -> Message:
        (first, *_) = [one for one in self.said() if one.text.startswith("Team challenge")]
        return first

    async def presses(self, who: str, label: str, on: Message | None = None) -> Talk:
        """A button of the live message, or of another; the conversation goes on with the answer."""
        talk = Talk(self.slack, who)
        talk.last = on or self.live()
        await talk.does(f"[{label}]")
        return talk

    def updates(self) -> int:
        """How often a message was changed."""
        return sum(post.method == "chat.update" for post in self.slack.posts)


def words(outcome: Outcome) -> str:
    """All that can be read on the modal on top."""
    assert outcome.view is not None
    return shown("", outcome.view.blocks)
