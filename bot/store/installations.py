"""Installations: the encrypted tokens of each workspace, when the app was installed, and when it was removed.

The moments of both are Slack's. Events may come late, twice and in any order, so each change names its moment, and the
later one wins.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, and_, bindparam, case, delete, exists, func, or_, select, update

from bot.core.installation import Installation, Sealed
from bot.core.outcomes import GONE
from bot.store.schema import installation, used_state, workspace
from bot.store.types import MAX_PAUSE, UtcDateTime, database_now, insert, is_ahead, later_of

_c = installation.c
_INSERT = insert(installation)
_NEW = _INSERT.excluded
_COLUMNS = (
    _c.workspace_id, _c.installed_at, _c.bot_user, _c.scopes, _c.key_id, _c.token, _c.refresh_token, _c.expires_at,
    _c.installed_by, _c.app_id, _c.enterprise_id,
)  # fmt: skip
_NO_LEASE = {"refresh_claim": None, "refresh_until": None}
_NOT_REFUSED = {"refused_at": None, "gone_since": None}
_NO_TOKENS = {"token": None, "refresh_token": None, "key_id": None, "expires_at": None}
_INSTALL = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id],
    set_={column.name: _NEW[column.name] for column in _COLUMNS[1:]} | _NO_LEASE | _NOT_REFUSED,
    where=and_(
        or_(_c.installed_at.is_(None), _c.installed_at <= _NEW.installed_at),
        or_(_c.revoked_at.is_(None), _c.revoked_at < _NEW.installed_at),
    ),
).returning(_c.workspace_id)
_REVOKE = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id],
    set_={"revoked_at": _NEW.revoked_at, **_NO_LEASE, **_NO_TOKENS, **_NOT_REFUSED},
    where=and_(
        or_(_c.installed_at.is_(None), _c.installed_at <= _NEW.revoked_at),
        or_(_c.revoked_at.is_(None), _c.revoked_at < _NEW.revoked_at),
    ),
).returning(_c.workspace_id)


def install(tx: Connection, new: Installation) -> bool:
    """Store what Slack granted. Return False if the app was removed, or installed anew, since then.

    Who installed it for an organisation is not stored: they may be in none of its workspaces, so they are told nothing.
    """
    alike = ("workspace_id", "bot_user", "expires_at", "installed_by", "app_id", "enterprise_id")
    values = {**{name: getattr(new, name) for name in alike}, **_tokens(new.sealed)}
    values |= {"installed_at": new.at, "looked_at": new.at, "scopes": ",".join(sorted(new.scopes))}
    if new.is_of_organisation:
        values["installed_by"] = None
    return tx.execute(_INSTALL, values).first() is not None


def revoke(tx: Connection, workspace_id: str, at: datetime) -> bool:
    """Delete the tokens of a workspace that removed the app at this moment. Return False if it is installed since.

    The moment is stored even where no installation is: it may be stored later than Slack granted it.
    """
    return tx.execute(_REVOKE, {"workspace_id": workspace_id, "revoked_at": at}).first() is not None


_ITS_ORGANISATION = (
    select(workspace.c.organisation).where(workspace.c.workspace_id == bindparam("which")).scalar_subquery()
)
_SERVING = (
    select(*_COLUMNS)
    .where(or_(_c.workspace_id == bindparam("which"), _c.workspace_id == _ITS_ORGANISATION), _c.token.is_not(None))
    .order_by(_c.refused_at.is_not(None), _c.workspace_id != bindparam("which"))
)
_FIND = _SERVING.limit(1)
_OF = select(*_COLUMNS).where(_c.workspace_id == bindparam("which"), _c.token.is_not(None))


def find(tx: Connection, workspace_id: str) -> Installation | None:
    """Return the installation by which a workspace is served: its own or its organisation's; None if there is none.

    One that Slack refused the last time comes second.
    """
    row = tx.execute(_FIND, {"which": workspace_id}).first()
    return None if row is None else _installation(row)


def lock(tx: Connection, place: str) -> None:
    """Let nobody else change the installation of this workspace or organisation until the transaction ends."""
    tx.execute(select(_c.workspace_id).where(_c.workspace_id == place).with_for_update())


def serving(tx: Connection, workspace_id: str) -> list[Installation]:
    """Return all installations that may serve a workspace."""
    return [_installation(row) for row in tx.execute(_SERVING, {"which": workspace_id})]


def of(tx: Connection, place: str) -> Installation | None:
    """Return the installation of a workspace itself, or of an organisation."""
    row = tx.execute(_OF, {"which": place}).first()
    return None if row is None else _installation(row)


# What Slack says about installations.

REVOKED, NO_REFRESH = "token_revoked", "refresh token lost"
MAX_GAP = timedelta(days=2)  # between two answers, so that they count as one and the same
_TO_LOOK_AT = (
    select(_c.workspace_id)
    .where(_c.token.is_not(None), or_(_c.looked_at.is_(None), _c.looked_at < bindparam("before")))
    .order_by(_c.looked_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LOOK = (
    update(installation)
    .where(_c.workspace_id.in_(_TO_LOOK_AT))
    .values(looked_at=bindparam("now"))
    .returning(_c.workspace_id)
)
_ITS_WORKSPACES = or_(workspace.c.workspace_id == _c.workspace_id, workspace.c.organisation == _c.workspace_id)
_ENDED = (
    select(_c.workspace_id)
    .where(
        or_(
            and_(_c.token.is_(None), _c.revoked_at < bindparam("before")),
            and_(_c.gone_since < bindparam("before"), _c.refused_at >= bindparam("lately")),
        ),
        ~exists().where(_ITS_WORKSPACES, workspace.c.heard_at >= bindparam("before")),
    )
    .order_by(_c.workspace_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def take_looks(tx: Connection, now: datetime, before: datetime, most: int) -> Sequence[str]:
    """Take installations about which nobody set out to ask Slack since this moment; across all workspaces."""
    return tx.scalars(_LOOK, {"now": now, "before": before, "most": most}).all()


def answered(tx: Connection, asked: Installation, why: str | None, now: datetime) -> str | None:
    """Store why Slack refused a token; None: it accepted it. Return why, or None.

    An answer about a token that was replaced meanwhile is not stored.
    """
    this = update(installation).where(_c.workspace_id == asked.workspace_id, _c.token == asked.sealed.token)
    if why is None:
        tx.execute(this.where(_c.refused_at.is_not(None)).values(_NOT_REFUSED))
        return None
    if why == REVOKED and asked.is_lost:
        why = NO_REFRESH  # Slack revokes older tokens when it issues new ones, and those got lost
    goes_on = and_(_c.gone_since.is_not(None), _c.refused_at >= now - MAX_GAP)
    since = case((goes_on, _c.gone_since), else_=bindparam(None, now, UtcDateTime)) if why in GONE else None
    tx.execute(this.values(refused_at=now, gone_since=since))
    return why


def ended(tx: Connection, before: datetime, lately: datetime, most: int) -> Sequence[str]:
    """Lock installations that ended before this moment, by an event or by Slack's answers; across all workspaces.

    Slack gave that answer all the time, and again since `lately`. Nobody in their workspaces asked something since.
    """
    return tx.scalars(_ENDED, {"before": before, "lately": lately, "most": most}).all()


def delete_row(tx: Connection, place: str) -> None:
    tx.execute(delete(installation).where(_c.workspace_id == place))


_UNTIL = func.coalesce(_c.refresh_until, 0.0)
_IS_DUE = (
    _c.refresh_token.is_not(None),
    _c.expires_at < bindparam("before"),
    ~is_ahead(_c.refresh_until),
)
_DUE = select(_c.workspace_id).where(*_IS_DUE).order_by(_UNTIL, _c.expires_at).limit(bindparam("most"))
_PAUSE = (
    update(installation)
    .where(_c.refresh_token.is_not(None))
    .values(refresh_until=later_of(_UNTIL, database_now() + bindparam("seconds")))
)


def expiring(tx: Connection, before: datetime, most: int) -> Sequence[str]:
    """Return workspaces whose token expires before this moment and that no process refreshes; across all workspaces.

    Those that were tried in vain come last.
    """
    return tx.scalars(_DUE, {"before": before, "most": most}).all()


def claim_refresh(tx: Connection, workspace_id: str, before: datetime, claim: str, lease: float) -> Installation | None:
    """Take the lease to refresh a token that expires before this moment.

    Return None if that is not due, or if another process has the lease. The row is locked by this statement alone, as
    no transaction is open while Slack is called.
    """
    due = update(installation).where(_c.workspace_id == workspace_id, *_IS_DUE)
    leased = due.values(refresh_claim=claim, refresh_until=database_now() + lease)
    row = tx.execute(leased.returning(*_COLUMNS), {"before": before}).first()
    return None if row is None else _installation(row)


def hold_refresh(tx: Connection, workspace_id: str, claim: str, lease: float) -> bool:
    """Renew the lease. Return False if it is not this process's any more."""
    return bool(tx.execute(_claimed(workspace_id, claim).values(refresh_until=database_now() + lease)).rowcount)


def refreshed(tx: Connection, workspace_id: str, claim: str, sealed: Sealed, expires_at: datetime) -> bool:
    """Store the new tokens. Return False if the lease is not this process's any more."""
    new = {"expires_at": expires_at, **_tokens(sealed), **_NO_LEASE, **_NOT_REFUSED}
    return bool(tx.execute(_claimed(workspace_id, claim).values(new)).rowcount)


def refresh_refused(tx: Connection, workspace_id: str, claim: str) -> Installation | None:
    """Delete a refresh token that Slack does not accept. The token itself works until it expires.

    Return None if the lease is not this process's any more.
    """
    kept = _claimed(workspace_id, claim).values(refresh_token=None, **_NO_LEASE)
    row = tx.execute(kept.returning(*_COLUMNS)).first()
    return None if row is None else _installation(row)


def _claimed(workspace_id: str, claim: str) -> Update:
    return update(installation).where(_c.workspace_id == workspace_id, _c.refresh_claim == claim)


def pause_refreshes(tx: Connection, seconds: float) -> None:
    """Let no process refresh a token for so many seconds, as Slack's rate limit is the app's; across all workspaces."""
    tx.execute(_PAUSE, {"seconds": min(seconds, MAX_PAUSE)})


_LOST = (
    select(*_COLUMNS)
    .where(_c.token.is_not(None), _c.refresh_token.is_(None), _c.expires_at.is_not(None))
    .order_by(_c.expires_at)
)
# Slack refused the tokens of disconnected workspaces.
_KEY_IDS = select(_c.key_id, func.count().label("workspaces")).where(_c.key_id.is_not(None)).group_by(_c.key_id)
_FIRST_OF_EACH = select(func.min(_c.workspace_id)).where(_c.token.is_not(None)).group_by(_c.key_id)
_FOR_EACH_KEY = select(*_COLUMNS).where(_c.workspace_id.in_(_FIRST_OF_EACH)).order_by(_c.key_id)
_UNDER_KEY = select(*_COLUMNS).where(_c.token.is_not(None), _c.key_id == bindparam("key")).order_by(_c.workspace_id)
_UNDER_OTHER_KEYS = (
    select(*_COLUMNS)
    .where(_c.token.is_not(None), _c.key_id != bindparam("first"), _c.workspace_id > bindparam("after"))
    .order_by(_c.workspace_id)
    .limit(bindparam("most"))
    .with_for_update()  # a refresh of the same token waits
)
_IN_NONE = (
    select(_c.workspace_id)
    .where(
        _c.token.is_not(None),
        _c.workspace_id.startswith("E"),
        ~exists().where(workspace.c.organisation == _c.workspace_id),
    )
    .order_by(_c.workspace_id)
)


def in_no_workspace(tx: Connection) -> list[str]:
    """Return the organisations that installed the app and added it to no workspace yet; across all workspaces."""
    return list(tx.scalars(_IN_NONE))


def lost(tx: Connection) -> list[Installation]:
    """Return the installations that must be made anew, as their refresh token was lost; across all workspaces."""
    return [_installation(row) for row in tx.execute(_LOST)]


def key_ids(tx: Connection) -> dict[str, int]:
    """Return how many workspaces' tokens are encrypted under each key; across all workspaces."""
    return {row.key_id: row.workspaces for row in tx.execute(_KEY_IDS)}


def for_each_key(tx: Connection) -> list[Installation]:
    """Return one installation for each key under which tokens are encrypted; across all workspaces."""
    return [_installation(row) for row in tx.execute(_FOR_EACH_KEY)]


def under_key(tx: Connection, key_id: str) -> list[Installation]:
    """Return all installations whose tokens are encrypted under this key; across all workspaces."""
    return [_installation(row) for row in tx.execute(_UNDER_KEY, {"key": key_id})]


def under_other_keys(tx: Connection, first: str, after: str, most: int) -> list[Installation]:
    """Lock installations whose tokens are not encrypted under this key, by their ids; across all workspaces."""
    rows = tx.execute(_UNDER_OTHER_KEYS, {"first": first, "after": after, "most": most})
    return [_installation(row) for row in rows]


def reseal(tx: Connection, workspace_id: str, sealed: Sealed) -> None:
    tx.execute(update(installation).where(_c.workspace_id == workspace_id).values(_tokens(sealed)))


def use_state(tx: Connection, state: str, until: datetime) -> bool:
    """Store the hash of OAuth's `state` for as long as it works. Return False if it was used before."""
    new = insert(used_state).values(state=state, until=until).on_conflict_do_nothing()
    return tx.execute(new.returning(used_state.c.state)).first() is not None


def sweep_states(tx: Connection, now: datetime) -> int:
    return tx.execute(delete(used_state).where(used_state.c.until <= now)).rowcount


def _tokens(sealed: Sealed) -> dict[str, str | None]:
    return {"token": sealed.token, "refresh_token": sealed.refresh, "key_id": sealed.key_id}


def _installation(row: Any) -> Installation:  # noqa: ANN401 - a row of SQLAlchemy's
    workspace_id, at, bot_user, scopes, key_id, token, refresh, *others = row
    sealed = Sealed(key_id, token, refresh)
    return Installation(workspace_id, at, bot_user, frozenset(filter(None, scopes.split(","))), sealed, *others)
