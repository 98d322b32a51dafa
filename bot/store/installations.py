"""Installations: the encrypted tokens of each workspace, when the app was installed, and when it was removed.

The moments of both are Slack's. Events may come late, twice and in any order, so each change names its moment, and the
later one wins.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Executable, Update, and_, bindparam, case, delete, exists, func, or_, select, update

from bot.core.installation import Installation, Sealed, is_organisation
from bot.core.outcomes import GONE
from bot.store.schema import installation, used_state, workspace
from bot.store.types import MAX_PAUSE, Conditions, UtcDateTime, database_now, insert, is_ahead, upsert

_c = installation.c
_COLUMNS = (
    _c.workspace_id, _c.installed_at, _c.bot_user, _c.scopes, _c.key_id, _c.token, _c.refresh_token, _c.expires_at,
    _c.installed_by, _c.app_id, _c.enterprise_id,
)  # fmt: skip
_NO_LEASE = {"refresh_claim": None, "refresh_until": None}
_NOT_REFUSED = {"refused_at": None, "gone_since": None}
_NO_TOKENS = {"token": None, "refresh_token": None, "key_id": None, "expires_at": None}


def install(tx: Connection, new: Installation) -> bool:
    """Store what Slack granted. Return False if the app was removed, or installed anew, since then.

    Who installed it for an organisation is not stored: they may be in none of its workspaces, so they are told nothing.
    """
    alike = ("workspace_id", "bot_user", "expires_at", "installed_by", "app_id", "enterprise_id")
    values = {**{name: getattr(new, name) for name in alike}, **_tokens(new.sealed)}
    values |= {"installed_at": new.at, "looked_at": new.at, "scopes": ",".join(sorted(new.scopes))}
    if is_organisation(new.workspace_id):
        values["installed_by"] = None
    changes = {name: value for name, value in values.items() if name not in {"workspace_id", "looked_at"}}
    is_later = (
        or_(_c.installed_at.is_(None), _c.installed_at <= new.at),
        or_(_c.revoked_at.is_(None), _c.revoked_at < new.at),
    )
    stored = upsert(installation, values, {**changes, **_NO_LEASE, **_NOT_REFUSED}, *is_later)
    return tx.execute(stored.returning(_c.workspace_id)).first() is not None


def revoke(tx: Connection, workspace_id: str, at: datetime) -> bool:
    """Delete the tokens of a workspace that removed the app at this moment. Return False if it is installed since.

    The moment is stored even where no installation is: it may be stored later than Slack granted it.
    """
    new = {"workspace_id": workspace_id, "revoked_at": at}
    changes = {"revoked_at": at, **_NO_LEASE, **_NO_TOKENS, **_NOT_REFUSED}
    is_later = (or_(_c.installed_at.is_(None), _c.installed_at <= at), or_(_c.revoked_at.is_(None), _c.revoked_at < at))
    stored = upsert(installation, new, changes, *is_later)
    return tx.execute(stored.returning(_c.workspace_id)).first() is not None


def serving(tx: Connection, workspace_id: str) -> list[Installation]:
    """Return what may serve a workspace, its own installation and its organisation's; one just refused is second."""
    its_organisation = select(workspace.c.organisation).where(workspace.c.workspace_id == workspace_id)
    serves = or_(_c.workspace_id == workspace_id, _c.workspace_id == its_organisation.scalar_subquery())
    found = select(*_COLUMNS).where(serves, _c.token.is_not(None))
    return _read(tx, found.order_by(_c.refused_at.is_not(None), _c.workspace_id != workspace_id))


def find(tx: Connection, workspace_id: str) -> Installation | None:
    """Return the installation by which a workspace is served; None if there is none."""
    return next(iter(serving(tx, workspace_id)), None)


def lock(tx: Connection, place: str) -> None:
    """Let nobody else change the installation of this workspace or organisation until the transaction ends."""
    tx.execute(select(_c.workspace_id).where(_c.workspace_id == place).with_for_update())


def of(tx: Connection, place: str) -> Installation | None:
    """Return the installation of a workspace itself, or of an organisation."""
    return next(iter(_read(tx, select(*_COLUMNS).where(_c.workspace_id == place, _c.token.is_not(None)))), None)


# What Slack says about installations.

REVOKED, NO_REFRESH = "token_revoked", "refresh token lost"
MAX_GAP = timedelta(days=2)  # between two answers, so that they count as one and the same


def take_looks(tx: Connection, now: datetime, before: datetime, most: int) -> Sequence[str]:
    """Take installations about which nobody set out to ask Slack since this moment; across all workspaces."""
    due = (_c.token.is_not(None), or_(_c.looked_at.is_(None), _c.looked_at < before))
    some = select(_c.workspace_id).where(*due).order_by(_c.looked_at).limit(most).with_for_update(skip_locked=True)
    looks = update(installation).where(_c.workspace_id.in_(some)).values(looked_at=now)
    return tx.scalars(looks.returning(_c.workspace_id)).all()


def answered(tx: Connection, asked: Installation, why: str | None, now: datetime) -> str | None:
    """Store why Slack refused a token, unless it was replaced meanwhile; None: it accepted it. Return why, or None."""
    this = update(installation).where(_c.workspace_id == asked.workspace_id, _c.token == asked.sealed.token)
    if why is None:
        tx.execute(this.where(_c.refused_at.is_not(None)).values(_NOT_REFUSED))
        return None
    if why == REVOKED and asked.sealed.refresh is None and asked.expires_at is not None:
        why = NO_REFRESH  # Slack revokes older tokens when it issues new ones, and those got lost
    goes_on = and_(_c.gone_since.is_not(None), _c.refused_at >= now - MAX_GAP)
    since = case((goes_on, _c.gone_since), else_=bindparam(None, now, UtcDateTime)) if why in GONE else None
    tx.execute(this.values(refused_at=now, gone_since=since))
    return why


def sweep(tx: Connection, before: datetime, lately: datetime, most: int) -> Sequence[str]:
    """Delete installations that ended before this moment, and return whose they were; across all workspaces.

    Slack's event ended them, or Slack's answers: it has said ever since that they are gone, and again since `lately`.
    Nobody in their workspaces asked something after `before`.
    """
    is_revoked = and_(_c.token.is_(None), _c.revoked_at < before)
    is_gone = and_(_c.gone_since < before, _c.refused_at >= lately)
    its_workspaces = or_(workspace.c.workspace_id == _c.workspace_id, workspace.c.organisation == _c.workspace_id)
    is_used = exists().where(its_workspaces, workspace.c.heard_at >= before)
    some = select(_c.workspace_id).where(or_(is_revoked, is_gone), ~is_used).order_by(_c.workspace_id).limit(most)
    gone = delete(installation).where(_c.workspace_id.in_(some.with_for_update(skip_locked=True)))
    return sorted(tx.scalars(gone.returning(_c.workspace_id)))


_UNTIL = func.coalesce(_c.refresh_until, 0.0)


def expiring(tx: Connection, before: datetime, most: int) -> Sequence[str]:
    """Return workspaces whose tokens expire by then, those that are tried in vain last; across all workspaces."""
    due = select(_c.workspace_id).where(*_is_due(before)).order_by(_UNTIL, _c.expires_at)
    return tx.scalars(due.limit(most)).all()


def _is_due(before: datetime) -> Conditions:
    return _c.refresh_token.is_not(None), _c.expires_at < before, ~is_ahead(_c.refresh_until)


def claim_refresh(tx: Connection, workspace_id: str, before: datetime, claim: str, lease: float) -> Installation | None:
    """Take the lease to refresh a token that expires before this moment.

    Return None if that is not due, or if another process has the lease. The row is locked by this statement alone, as
    no transaction is open while Slack is called.
    """
    due = update(installation).where(_c.workspace_id == workspace_id, *_is_due(before))
    leased = due.values(refresh_claim=claim, refresh_until=database_now() + lease)
    return next(iter(_read(tx, leased.returning(*_COLUMNS))), None)


def hold_refresh(tx: Connection, workspace_id: str, claim: str, lease: float) -> bool:
    """Renew the lease. Return False if it is not this process's any more."""
    return bool(tx.execute(_claimed(workspace_id, claim).values(refresh_until=database_now() + lease)).rowcount)


def refreshed(tx: Connection, workspace_id: str, claim: str, sealed: Sealed, expires_at: datetime) -> bool:
    """Store the new tokens. Return False if the lease is not this process's any more."""
    new = {"expires_at": expires_at, **_tokens(sealed), **_NO_LEASE, **_NOT_REFUSED}
    return bool(tx.execute(_claimed(workspace_id, claim).values(new)).rowcount)


def refresh_refused(tx: Connection, workspace_id: str, claim: str) -> Installation | None:
    """Delete a refresh token that Slack does not accept. Return None if the lease is not this process's any more."""
    kept = _claimed(workspace_id, claim).values(refresh_token=None, **_NO_LEASE)
    return next(iter(_read(tx, kept.returning(*_COLUMNS))), None)


def _claimed(workspace_id: str, claim: str) -> Update:
    return update(installation).where(_c.workspace_id == workspace_id, _c.refresh_claim == claim)


def pause_refreshes(tx: Connection, seconds: float) -> None:
    """Let no process refresh a token for so many seconds, as Slack's rate limit is the app's; across all workspaces."""
    until = database_now() + min(seconds, MAX_PAUSE)
    rotated = update(installation).where(_c.refresh_token.is_not(None))
    tx.execute(rotated.values(refresh_until=case((until < _UNTIL, _UNTIL), else_=until)))


def unused(tx: Connection) -> list[str]:
    """Return the organisations that installed the app and added it to no workspace yet; across all workspaces."""
    of_organisations = (_c.token.is_not(None), _c.workspace_id.startswith("E"))
    has_workspaces = exists().where(workspace.c.organisation == _c.workspace_id)
    found = select(_c.workspace_id).where(*of_organisations, ~has_workspaces)
    return list(tx.scalars(found.order_by(_c.workspace_id)))


def lost(tx: Connection) -> list[Installation]:
    """Return the installations that must be made anew, as their refresh token was lost; across all workspaces."""
    its = (_c.token.is_not(None), _c.refresh_token.is_(None), _c.expires_at.is_not(None))
    return _read(tx, select(*_COLUMNS).where(*its).order_by(_c.expires_at))


def key_ids(tx: Connection) -> dict[str, int]:
    """Return how many workspaces' tokens are encrypted under each key; across all workspaces."""
    counted = select(_c.key_id, func.count().label("workspaces")).where(_c.key_id.is_not(None)).group_by(_c.key_id)
    return {row.key_id: row.workspaces for row in tx.execute(counted)}


def for_each_key(tx: Connection) -> list[Installation]:
    """Return one installation for each key under which tokens are encrypted; across all workspaces."""
    first_of_each = select(func.min(_c.workspace_id)).where(_c.token.is_not(None)).group_by(_c.key_id)
    return _read(tx, select(*_COLUMNS).where(_c.workspace_id.in_(first_of_each)).order_by(_c.key_id))


def under_key(tx: Connection, key_id: str) -> list[Installation]:
    """Return all installations whose tokens are encrypted under this key; across all workspaces."""
    its = (_c.token.is_not(None), _c.key_id == key_id)
    return _read(tx, select(*_COLUMNS).where(*its).order_by(_c.workspace_id))


def under_other_keys(tx: Connection, first: str, after: str, most: int) -> list[Installation]:
    """Lock installations whose tokens are not encrypted under this key, by their ids; across all workspaces."""
    others = (_c.token.is_not(None), _c.key_id != first, _c.workspace_id > after)
    found = select(*_COLUMNS).where(*others).order_by(_c.workspace_id).limit(most)
    return _read(tx, found.with_for_update())  # a refresh of the same token waits


def reseal(tx: Connection, workspace_id: str, sealed: Sealed) -> None:
    tx.execute(update(installation).where(_c.workspace_id == workspace_id).values(_tokens(sealed)))


def use_state(tx: Connection, state: str, until: datetime) -> bool:
    """Store the hash of OAuth's `state` for as long as it works. Return False if it was used before."""
    new = insert(used_state).values(state=state, until=until).on_conflict_do_nothing()
    return tx.execute(new.returning(used_state.c.state)).first() is not None


def _tokens(sealed: Sealed) -> dict[str, str | None]:
    return {"token": sealed.token, "refresh_token": sealed.refresh, "key_id": sealed.key_id}


def _read(tx: Connection, statement: Executable) -> list[Installation]:
    found = []
    for workspace_id, at, bot_user, scopes, key_id, token, refresh, *others in tx.execute(statement):
        granted = frozenset(filter(None, scopes.split(",")))
        found.append(Installation(workspace_id, at, bot_user, granted, Sealed(key_id, token, refresh), *others))
    return found
