"""Helpers for tests of challenges in Slack: writing one, taking part, and reading the channel."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.core.challenges import Challenge, Entry
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, Kind
from bot.outbox.sending import Pace
from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Message
from bot.slack.challenge.form import CHANNEL
from bot.slack.challenge.run import TEMPLATE as TEMPLATE_FIELD
from bot.store import challenges, entries
from bot.store.member_schema import delivery, entry
from bot.store.schema import challenge
from jobs import once
from tests.driver.outcome import Outcome
from tests.slack.life import Life
from tests.slack.talk import Talk, elements_of, shown, words_of

NORA, EMIL, ASHA, KENJI, ISLA, MALLORY = "U01NORA", "U02EMIL", "U03ASHA", "U04KENJI", "U05ISLA", "U09MALLORY"
PLATFORM, GUILD, DESIGN = "C02PLATFORM", "C03AIGUILD", "C05DESIGN"
TEMPLATE, TITLE = "one-prompt-change-behind-a-flag", "Ship one prompt change behind a flag"
NORAS = ZoneInfo("America/New_York")
HALF_A_DAY = timedelta(hours=12)
HOSTILE = "<!channel> <@U02EMIL> *x* & @here"


class Team:
    def __init__(self, life: Life) -> None:
        self.life, self.slack = life, life.slack
        self.services = replace(life.services, pace=Pace(per_minute=600_000, settling=0))

    @property
    def now(self) -> datetime:
        return self.slack.clock()

    async def jobs(self, **passes: float) -> None:
        left = timedelta(**passes)
        while left:
            step = min(left, HALF_A_DAY)  # a whole day would end in working hours
            self.slack.clock.advance(step)
            left -= step
        await once(self.services)

    async def settles(self, **fields: Any) -> str:
        nora = Talk(self.slack, NORA)
        await nora.does("/roleshift team")
        await nora.does("[Settings]")
        return await self.sends(NORA, **fields)

    # Writing one.

    async def opens(self, who: str = NORA, template: str = TEMPLATE, where: str | None = None) -> Outcome:
        """Open the form as its template fills it in."""
        first = await self.slack.command(who, "/roleshift challenge new", where)
        return await self.slack.submit(who, first, {TEMPLATE_FIELD: template})

    async def previews(self, who: str = NORA, template: str = TEMPLATE, /, **fields: object) -> Outcome:
        """Fill in the form and open the preview. In field names `_` stands for `-`."""
        return await self.fills(await self.opens(who, template), who, **fields)

    async def fills(self, opened: Outcome | View, who: str = NORA, /, **fields: object) -> Outcome:
        """Submit the form with any values: not every client of Slack's checks them."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return await self.slack.submit(who, opened, self.usual() | named, unchecked=True)

    def usual(self, days: int = 7) -> dict[str, object]:
        return {CHANNEL: PLATFORM, **self.ends_in(timedelta(days=days))}

    def ends_in(self, after: timedelta) -> dict[str, object]:
        return {"end": int((self.now + after).timestamp())}

    async def starts(self, who: str = NORA, template: str = TEMPLATE, /, **fields: object) -> Message:
        await self.orders(who, template, **fields)
        await self.jobs()
        return self.live(str(fields.get("channel", PLATFORM)))

    async def orders(self, who: str = NORA, template: str = TEMPLATE, /, **fields: object) -> None:
        preview = await self.previews(who, template, **fields)
        assert preview.form.spec["title"]["text"] == "Preview", preview.errors
        said = await self.sends(who)
        assert "You started" in said, said

    # What everybody can see.

    def said(self, channel: str = PLATFORM) -> list[Message]:
        return self.slack.said(channel)

    def live(self, channel: str = PLATFORM) -> Message:
        (found,) = [message for message in self.said(channel) if message.text.startswith("Team challenge")]
        return found

    def recap(self) -> str:
        (found,) = [message for message in self.said() if message.text.startswith("Recap")]
        return words_of(found)

    def updates(self) -> int:
        return sum(post.method == "chat.update" for post in self.slack.posts)

    # What one member does and reads.

    async def presses(self, who: str, label: str, on: Message | None = None) -> Talk:
        """Press a button of the live message, or of another one. Return the conversation with the answer."""
        talk = Talk(self.slack, who)
        talk.last = on or self.live()
        await talk.does(f"[{label}]")
        return talk

    async def adds(self, who: str, line: str, label: str = "Share what you learned") -> str:
        """Press *I did it*, write a line, and return what the form says in the end."""
        talk = await self.presses(who, "I did it")
        await talk.does(f"[{label}]")
        return await self.sends(who, words=line)

    async def sends(self, who: str, /, *, unchecked: bool = True, **fields: object) -> str:
        """Fill in and submit the form on top. Return its errors, the answer once it is closed, or what replaces it."""
        seen = await self.slack.save(who, fields, unchecked=unchecked)
        if seen.errors or seen.messages:
            return "\n".join(f"{name}: {error}" for name, error in seen.errors.items()) or words_of(seen.message)
        said = words(seen)
        await self.slack.close(who, seen, whole_stack=True)
        return said

    async def lists(self, who: str = NORA) -> Talk:
        talk = Talk(self.slack, who)
        await talk.does("/roleshift challenge")
        return talk

    async def looks(self, who: str = NORA, title: str = "") -> Talk:
        """Open a challenge from the list, the first one without a title."""
        talk = await self.lists(who)
        first = next(option["text"]["text"] for each in elements_of(talk.last) for option in each.get("options", []))
        await talk.does(f"[Open a challenge: {title or first}]")
        return talk

    def told(self, who: str = NORA) -> list[Message]:
        return self.slack.said(self.slack.workspace.dm(who).id)

    # What is stored.

    async def kept(self) -> list[Challenge]:
        rows = select(*challenges.COLUMNS).order_by(challenge.c.ends_at)
        return await self.services.store.read(lambda tx: [challenges.challenge_of(row) for row in tx.execute(rows)])

    async def its_id(self) -> str:
        (challenge,) = await self.kept()
        return challenge.challenge_id

    async def entry(self, who: str) -> Entry | None:
        member = MemberKey(self.slack.workspace.id, who)
        return await self.services.store.read(entries.find, member, await self.its_id())

    async def everybody(self) -> list[Entry]:
        def read(tx: Connection) -> list[Entry]:
            rows = tx.execute(select(entry).order_by(entry.c.member_id))
            return [entries.entry_of(MemberKey(row.workspace_id, row.member_id), row) for row in rows]

        return await self.services.store.read(read)

    async def deliveries(self, kind: Kind = Kind.CHALLENGE) -> list[DeliveryState]:
        states = select(delivery.c.state).where(delivery.c.kind == kind).order_by(delivery.c.key)
        return await self.services.store.read(lambda tx: [DeliveryState(state) for state in tx.scalars(states)])


def words(outcome: Outcome) -> str:
    return shown("", outcome.form.blocks)


def in_field(view: View, name: str) -> Any:
    """Return the value of a field: a text, a day, an hour, an id or options; None if it is empty."""
    (found,) = (value for key, value in view.state[name][name].items() if key != "type")
    return found


def said_in(message: Message) -> str:
    """Return the text of a message's blocks, without its text for notifications."""
    return shown("", message.blocks or []).strip()


async def presses_id(talk: Talk, verb: str, challenge_id: str) -> str:
    """Press a button with this id, also a made-up one, on an own message. Return the answer."""
    await talk.does("/roleshift help")
    action_id = f"roleshift:{verb}:{challenge_id}"
    (talk.last.blocks or [])[-1]["elements"][0] |= {"action_id": action_id, "value": challenge_id}
    seen = await talk.slack.click(talk.who, talk.last, action_id)
    return words_of(seen.message) if seen.view is None else words(seen)
