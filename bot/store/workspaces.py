"""Workspaces: whether the bot is still welcome, their settings, which events were seen, and what is paused.

All pauses are seconds since 1970 by the database's clock. A clock that is set back leaves them in the future, so each
is ignored where it lies further ahead than this module ever writes it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, or_, select, update

from bot.core.calendar import DEFAULT_QUIET_HOURS, DEFAULT_SLOT, QuietHours, Slot
from bot.core.member import DM_BUDGET, WorkspaceSettings
from bot.core.outcomes import GONE
from bot.core.why import WorkspaceState
from bot.store.schema import event_seen, installation, tip_set_aside, workspace
from bot.store.types import MAX_PAUSE, UtcDateTime, database_now, insert, is_ahead, upsert

ADMINS, MEMBERS = "admins", "members"  # who may start a challenge; null means admins

REMOVED = "removed"
NO_DOUBT = {"ask_at": None, "refusals": 0, "refused_at": None, "heard_at": None}
ANOTHER_TOKEN, NOT_INSTALLED = "another workspace's token", "not installed through OAuth"

_c = workspace.c
IS_INSTALLED = exists().where(
    installation.c.workspace_id.in_([_c.workspace_id, _c.organisation]), installation.c.token.is_not(None)
)
_SEE = insert(event_seen).on_conflict_do_nothing().returning(event_seen.c.event_id)


def lock(tx: Connection, workspace_id: str) -> None:
    """Let nobody else change this workspace's row, or lock it, until the transaction ends."""
    tx.execute(select(_c.workspace_id).where(_c.workspace_id == workspace_id).with_for_update())


_CHOSEN = (
    "weekday", "minute", "quiet_from", "quiet_to", "weekend", "dm_budget", "challenge_channel", "challenges_by",
    "no_figures", "no_assistants",
)  # fmt: skip
SETTINGS = tuple(_c[name].label(f"usual_{name}") for name in (*_CHOSEN, "zone"))
CHOSEN = select(*SETTINGS).where(_c.workspace_id == bindparam("w"))


def connect(tx: Connection, workspace_id: str, now: datetime) -> None:
    """Record that the bot has a working token for this workspace, its own or that of its organisation."""
    connected = {"disconnected_at": None, "disconnected_why": None, **NO_DOUBT}
    tx.execute(upsert(workspace, {"workspace_id": workspace_id, "met_at": now}, connected))


def grant(tx: Connection, workspace_id: str, organisation: str, at: datetime, now: datetime) -> bool:
    """Record that an organisation gave its installation to a workspace at this moment of Slack's.

    Return False if that was recorded before, or is withdrawn since.
    """
    link = {"organisation": organisation, "granted_at": at}
    is_later = (or_(_c.granted_at.is_(None), _c.granted_at < at), or_(_c.withdrawn_at.is_(None), _c.withdrawn_at < at))
    saved = upsert(workspace, {"workspace_id": workspace_id, "met_at": now, **link}, link, *is_later)
    return tx.execute(saved.returning(_c.workspace_id)).first() is not None


def withdraw(tx: Connection, workspace_id: str, organisation: str, at: datetime, now: datetime) -> bool:
    """Record that an organisation's installation serves a workspace no longer, from this moment of Slack's on.

    Return False if another organisation's does, if it was given anew since, or if that was recorded before. The moment
    is stored even where nothing is known of the workspace: the event that gave it may come later.
    """
    new = {"workspace_id": workspace_id, "met_at": now, "withdrawn_at": at}
    is_later = (
        or_(_c.organisation.is_(None), _c.organisation == organisation),
        or_(_c.granted_at.is_(None), _c.granted_at <= at),
        or_(_c.withdrawn_at.is_(None), _c.withdrawn_at < at),
    )
    saved = upsert(workspace, new, {"organisation": None, "withdrawn_at": at}, *is_later)
    return tx.execute(saved.returning(_c.workspace_id)).first() is not None


def granted(tx: Connection, organisation: str, *, connected: bool = False) -> list[str]:
    """Return the workspaces, or the `connected` ones, that an organisation's app serves; across all its workspaces."""
    its = select(_c.workspace_id).where(_c.organisation == organisation).order_by(_c.workspace_id)
    return list(tx.scalars(its.where(_c.disconnected_at.is_(None)) if connected else its))


def know(tx: Connection, workspace_id: str, now: datetime) -> None:
    """Store a workspace of which nothing is known, without a change to one that is."""
    tx.execute(insert(workspace).values(workspace_id=workspace_id, met_at=now).on_conflict_do_nothing())


def are_there(tx: Connection, workspace_ids: Collection[str]) -> bool:
    these = set(workspace_ids)
    return tx.execute(select(func.count()).where(_c.workspace_id.in_(these))).scalar_one() == len(these)


def disconnect(tx: Connection, workspace_id: str, why: str, now: datetime) -> None:
    """Record that the bot has no token for this workspace any more. Nothing is sent until it connects again."""
    goes_on = and_(_c.disconnected_why.in_([REMOVED, *GONE]), _c.heard_at.is_(None))
    at = case((goes_on, _c.disconnected_at), else_=bindparam(None, now, UtcDateTime))
    this = update(workspace).where(_c.workspace_id == workspace_id)
    tx.execute(this.values(disconnected_at=at, disconnected_why=why, **NO_DOUBT))


def mismatched(tx: Connection) -> list[tuple[str, bool]]:
    """Return each workspace that is connected without an installation, or the reverse; across all workspaces.

    One whose tokens Slack refuses is no mismatch. The second value: whether it is connected.
    """
    lacks_one = and_(_c.disconnected_at.is_(None), ~IS_INSTALLED)
    has_one = and_(_c.disconnected_why.in_([ANOTHER_TOKEN, NOT_INSTALLED, REMOVED]), IS_INSTALLED)
    rows = tx.execute(select(_c.workspace_id, _c.disconnected_at).where(or_(lacks_one, has_one)))
    return [(workspace_id, at is None) for workspace_id, at in rows]


def disconnect_others(tx: Connection, workspace_id: str, now: datetime) -> None:
    """Disconnect the others, across all workspaces: deliveries to them wait until the bot has their token again."""
    others = update(workspace).where(_c.workspace_id != workspace_id, _c.disconnected_at.is_(None))
    tx.execute(others.values(disconnected_at=now, disconnected_why=ANOTHER_TOKEN, **NO_DOUBT))


def see_event(tx: Connection, workspace_id: str, event_id: str, now: datetime) -> bool:
    """Record an event in the transaction that handles it. Return False if it was handled already."""
    return tx.execute(_SEE, {"workspace_id": workspace_id, "event_id": event_id, "seen_at": now}).first() is not None


def settings(tx: Connection, workspace_id: str) -> WorkspaceSettings:
    return settings_of(tx.execute(CHOSEN, {"w": workspace_id}).first())


def settings_of(row: Any) -> WorkspaceSettings:  # noqa: ANN401 - a row with SETTINGS, or None
    if row is None:
        return WorkspaceSettings()
    weekday, minute, budget = row.usual_weekday, row.usual_minute, row.usual_dm_budget
    slot = Slot(DEFAULT_SLOT.weekday if weekday is None else weekday, DEFAULT_SLOT.minute if minute is None else minute)
    return WorkspaceSettings(
        slot=slot,
        quiet_hours=quiet_hours_of(row.usual_weekend, row.usual_quiet_from, row.usual_quiet_to),
        zone=row.usual_zone,
        dm_budget=DM_BUDGET if budget is None else budget,
        challenge_channel=row.usual_challenge_channel,
        members_may_challenge=row.usual_challenges_by == MEMBERS,
        figures=not row.usual_no_figures,
        assistants=not row.usual_no_assistants,
    )


def save_settings(tx: Connection, workspace_id: str, new: WorkspaceSettings, now: datetime) -> None:
    """Store the settings that admins can choose, so not the zone."""
    chosen = {
        "weekday": new.slot.weekday,
        "minute": new.slot.minute,
        "quiet_from": new.quiet_hours.quiet_from,
        "quiet_to": new.quiet_hours.quiet_to,
        "weekend": "".join(map(str, sorted(new.quiet_hours.weekend))),
        "dm_budget": new.dm_budget,
        "challenge_channel": new.challenge_channel,
        "challenges_by": MEMBERS if new.members_may_challenge else ADMINS,
        "no_figures": not new.figures,
        "no_assistants": not new.assistants,
    }
    tx.execute(upsert(workspace, {"workspace_id": workspace_id, "met_at": now, **chosen}, chosen))


def quiet_hours_of(weekend: str | None, quiet_from: int | None, quiet_to: int | None) -> QuietHours:
    return QuietHours(
        DEFAULT_QUIET_HOURS.quiet_from if quiet_from is None else quiet_from,
        DEFAULT_QUIET_HOURS.quiet_to if quiet_to is None else quiet_to,
        DEFAULT_QUIET_HOURS.weekend if weekend is None else frozenset(map(int, weekend)),
    )


IS_PAUSED = is_ahead(_c.paused_until)
IS_ASKED_ABOUT = is_ahead(_c.next_ask_at)


def is_reachable(workspace_id: ColumnElement[str]) -> ColumnElement[bool]:
    here = _c.workspace_id == workspace_id
    return exists().where(here, _c.disconnected_at.is_(None), ~IS_PAUSED, ~IS_ASKED_ABOUT)


def connection(tx: Connection, workspace_id: str) -> WorkspaceState:
    """Return whether messages can be sent in a workspace now."""
    columns = (_c.disconnected_at, _c.disconnected_why, IS_PAUSED.label("is_limited"))
    row = tx.execute(select(*columns).where(_c.workspace_id == workspace_id)).first()
    if row is None:
        return WorkspaceState("never connected")
    at = row.disconnected_at
    return WorkspaceState(None if at is None else row.disconnected_why or "unknown reason", bool(row.is_limited))


def pause(tx: Connection, workspace_id: str, seconds: float) -> None:
    """Pause the workspace for all workers, for MAX_PAUSE at most. A longer pause that is there already stays."""
    before = case((IS_PAUSED, _c.paused_until), else_=0.0)
    until = database_now() + min(seconds, MAX_PAUSE)
    this = update(workspace).where(_c.workspace_id == workspace_id)
    tx.execute(this.values(paused_until=case((before > until, before), else_=until)))


def begin_asking(tx: Connection, workspace_ids: Collection[str], lease: float) -> dict[str, float]:
    """Let one worker ask Slack about the members of these workspaces, but for those where another one does so.

    Return until when each lease of so many seconds lasts. This is its fencing token too.
    """
    free = (
        select(_c.workspace_id)
        .where(_c.workspace_id.in_(sorted(workspace_ids)), ~IS_ASKED_ABOUT)
        .order_by(_c.workspace_id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    leased = update(workspace).where(_c.workspace_id.in_(free)).values(next_ask_at=database_now() + lease)
    rows = tx.execute(leased.returning(_c.workspace_id, _c.next_ask_at))
    return {row.workspace_id: row.next_ask_at for row in rows}


def end_asking(tx: Connection, workspace_id: str, lease_until: float, then: float) -> None:
    """End a lease: from `then` on, any worker may ask again. A lease that another worker took over is left alone."""
    mine = update(workspace).where(_c.workspace_id == workspace_id, _c.next_ask_at == lease_until)
    tx.execute(mine.values(next_ask_at=then))


def withhold(tx: Connection, workspace_id: str, tip: str, reason: str, now: datetime) -> None:
    """Withhold a tip that Slack refuses to show, so that nobody else in the workspace gets it."""
    new = insert(tip_set_aside).values(workspace_id=workspace_id, tip=tip, reason=reason, at=now)
    tx.execute(new.on_conflict_do_nothing())
