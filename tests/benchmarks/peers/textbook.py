"""The coach as the documentation of Bolt, SQLAlchemy and APScheduler teaches it: the bot is compared with it.

Bolt's AsyncApp with its defaults, the async ORM, a cron job for each member in a SQLAlchemyJobStore, and the SDK's
client. It reads the bot's own content, so that both say the same.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import DateTime, ForeignKeyConstraint, make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.content import library
from bot.core.content_types import Role, Skill, Tip

Json = dict[str, Any]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DRIVERS = {"sqlite": ("sqlite+aiosqlite", "sqlite"), "postgresql": ("postgresql+asyncpg", "postgresql+psycopg")}
SQUARES = 16
A_DAY = 24 * 3600  # seconds

database = make_url(os.environ["DATABASE_URL"])
for_asyncio, for_apscheduler = (database.set(drivername=name) for name in DRIVERS[database.drivername])
catalog = library.load()
engine = create_async_engine(for_asyncio)
Session = async_sessionmaker(engine, expire_on_commit=False)
app = AsyncApp(
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
)
# JOB_STORE=memory is the default store, for programs that create their jobs again at each start.
in_memory = os.environ.get("JOB_STORE") == "memory"
scheduler = AsyncIOScheduler(
    jobstores={} if in_memory else {"default": SQLAlchemyJobStore(url=for_apscheduler)},
    job_defaults={"coalesce": True, "misfire_grace_time": A_DAY},
    timezone=UTC,
)


class Base(DeclarativeBase):
    """The tables."""


class Member(Base):
    """Somebody who uses the coach, with the time of their weekly tip."""

    __tablename__ = "textbook_member"

    team_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str | None]
    zone: Mapped[str] = mapped_column(default="UTC")
    weekday: Mapped[int] = mapped_column(default=1)
    hour: Mapped[int] = mapped_column(default=9)
    minute: Mapped[int] = mapped_column(default=30)
    wants_tips: Mapped[bool] = mapped_column(default=False)
    skills: Mapped[list["Learned"]] = relationship(cascade="all, delete-orphan")
    tips: Mapped[list["TipSent"]] = relationship(cascade="all, delete-orphan")


def of_member() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["team_id", "user_id"], ["textbook_member.team_id", "textbook_member.user_id"])


class Learned(Base):
    __tablename__ = "textbook_learned"
    __table_args__ = (of_member(),)

    team_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class TipSent(Base):
    """A tip that a member got in an ISO week; the key allows one a week."""

    __tablename__ = "textbook_tip_sent"
    __table_args__ = (of_member(),)

    team_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)
    tip: Mapped[str]
    ts: Mapped[str]


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def context(text: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def buttons(*labels: tuple[str, str, str]) -> Json:
    return {
        "type": "actions",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action, "value": value}
            for label, action, value in labels
        ],
    }


def role_blocks(role: Role, learned: set[str]) -> list[Json]:
    path = [catalog.skills[slug] for slug in role.skills]
    ahead = [skill for skill in path if skill.slug not in learned]
    done = len(path) - len(ahead)
    squares = round(SQUARES * done / len(path))
    lists = [f"*{title}*\n" + "\n".join(f"• {escape(line)}" for line in lines) for title, lines in role.lists[:2]]
    blocks = [
        section(
            f"*{escape(role.name)} → {escape(role.becomes)}*\n_Was_ {escape(role.before)}\n_Now_ {escape(role.after)}"
        ),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": text} for text in lists]},
        section(f"{done} of {len(path)} learned `{'█' * squares}{'░' * (SQUARES - squares)}`"),
    ]
    if ahead:
        following = ahead[0]
        blocks += [
            section(f"*Next on this path: {escape(following.name)}*\n{escape(following.why)}"),
            buttons(("Mark as learned", "learn", following.slug), ("How?", "skill", following.slug)),
            context("Then: " + " · ".join(escape(skill.name) for skill in ahead[1:3])),
        ]
    actions = ("A tip now", "tip"), ("All skills", "skills"), ("My progress", "progress"), ("Change role", "change")
    return [*blocks, buttons(*((label, action, action) for label, action in actions))]


@app.command("/roleshift")
async def roleshift(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    verb, _, words = (body.get("text") or "").strip().partition(" ")
    member = await find(body["team_id"], body["user_id"], client)
    await ack(**await VERBS.get(verb, menu)(member, words), response_type="ephemeral")


async def find(team: str, user: str, client: AsyncWebClient) -> Member:
    async with Session.begin() as session:
        member = await session.get(Member, (team, user), options=[selectinload(Member.skills)])
        if member is None:
            profile = (await client.users_info(user=user))["user"]
            member = Member(team_id=team, user_id=user, zone=profile.get("tz") or "UTC", skills=[], tips=[])
            session.add(member)
    return member


async def menu(_member: Member, _words: str) -> Json:
    return {"text": "Try `/roleshift myrole` or `learn`."}


async def my_role(member: Member, words: str) -> Json:
    if words:
        async with Session.begin() as session:
            session.add(member)
            member.role = catalog.role_named(words).slug
    if member.role is None:
        return {"text": "Which role is yours? `/roleshift myrole <role>`"}
    role = catalog.roles[member.role]
    return {"text": f"{escape(role.name)}", "blocks": role_blocks(role, {mark.skill for mark in member.skills})}


async def learn(member: Member, words: str) -> Json:
    skill = catalog.skill_named(words)
    if skill.slug not in {mark.skill for mark in member.skills}:
        async with Session.begin() as session:
            session.add(member)
            member.skills.append(Learned(skill=skill.slug, at=datetime.now(UTC)))
    return {"text": f"Learned: {escape(skill.name)}"}


VERBS: dict[str, Callable[[Member, str], Awaitable[Json]]] = {"myrole": my_role, "learn": learn}


def job_id(member: Member) -> str:
    return f"tip:{member.team_id}:{member.user_id}"


def schedule(member: Member) -> None:
    weekly = CronTrigger(
        day_of_week=DAYS[member.weekday], hour=member.hour, minute=member.minute, timezone=ZoneInfo(member.zone)
    )
    arguments = [member.team_id, member.user_id]
    scheduler.add_job(send_tip, weekly, args=arguments, id=job_id(member), replace_existing=True)


async def send_tip(team: str, user: str) -> None:
    """Post the tip of this week, unless the member has one."""
    async with Session() as session:
        member = await with_tips(session, team, user)
    if member is None or not member.wants_tips or has_tip(member, week := week_now(member.zone)):
        return
    skill, tip = choose(member)
    posted = await app.client.chat_postMessage(channel=user, text=tip_text(tip), blocks=tip_blocks(skill, tip))
    async with Session.begin() as session:
        session.add(TipSent(team_id=team, user_id=user, week=week, tip=tip.id, ts=posted["ts"]))


async def with_tips(session: AsyncSession, team: str, user: str) -> Member | None:
    related = [selectinload(Member.skills), selectinload(Member.tips)]
    return await session.get(Member, (team, user), options=related)


def week_now(zone: str) -> str:
    year, week, _ = datetime.now(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02}"


def has_tip(member: Member, week: str) -> bool:
    return any(sent.week == week for sent in member.tips)


def choose(member: Member) -> tuple[Skill, Tip]:
    learned, given = {mark.skill for mark in member.skills}, [sent.tip for sent in member.tips]
    slugs = catalog.roles[member.role].skills if member.role else tuple(catalog.skills)
    ahead = [slug for slug in slugs if slug not in learned] or slugs
    offered = [(catalog.skills[slug], tip) for slug in ahead for tip in catalog.skills[slug].tips]
    return min(offered, key=lambda pair: given.count(pair[1].id))


def tip_text(tip: Tip) -> str:
    return f"Your tip for this week: {escape(tip.title)}"


def tip_blocks(skill: Skill, tip: Tip) -> list[Json]:
    about = f"{escape(tip.instructions)} About {tip.minutes} minutes.\n*Done when* {escape(tip.done_when)}"
    return [
        context("Your tip for this week"),
        section(f"*{escape(tip.title)}*\n{about}"),
        context(f"_Why this one: next on your path (skill: {escape(skill.name)})._"),
        buttons(
            ("Did it", "did", tip.id), ("When?", "plan", tip.id), ("Mark skill as learned", "learn", skill.slug),
            ("Another one", "another", tip.id), ("Not my work", "not-mine", tip.id), ("Pause", "pause", tip.id),
        ),
    ]  # fmt: skip


@asynccontextmanager
async def lifespan(_api: Starlette) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    if in_memory:
        await schedule_all()
    scheduler.start()
    yield
    scheduler.shutdown(wait=False)
    await engine.dispose()


async def schedule_all() -> None:
    async with Session() as session:
        async for member in await session.stream_scalars(select(Member).where(Member.wants_tips)):
            schedule(member)


async def endpoint(request: Request) -> Response:
    return await handler.handle(request)


handler = AsyncSlackRequestHandler(app)
api = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])], lifespan=lifespan)
