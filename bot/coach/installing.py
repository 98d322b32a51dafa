"""Install the app in workspaces through OAuth, keep their tokens fresh and doubt them.

Installations and removals carry Slack's time, and so does what an organisation gives to a workspace and withdraws. Of
each of these, the later one counts, in whatever order they come. A workspace is disconnected only if no installation is
left that may serve it (`lose`): a refused post, a removal or a daily look only raise a doubt, of which Slack is asked.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach.posts.answers import AHEAD, INSTALL_ANEW
from bot.core.installation import Installation, Sealed, is_organisation
from bot.core.member import MemberKey
from bot.core.outbox import AdminSubject, Copy, Kind, NewDelivery, key_of
from bot.core.outcomes import LONGEST_PAUSE, REFUSES_THE_TOKEN
from bot.outbox import deliveries
from bot.store import admins, doubts, installations, members, workspaces


def install(tx: Connection, new: Installation, now: datetime) -> bool:
    """Store an installation. Return False if the app was removed there after Slack granted it.

    Workspaces to which an organisation gave it already are connected, or where Slack withdrew it, asked about again.
    """
    if not installations.install(tx, new):
        return False
    if not is_organisation(new.workspace_id):
        workspaces.connect(tx, new.workspace_id, now)
        return True
    served = workspaces.granted(tx, new.workspace_id)
    for workspace_id in sorted(set(served) - doubts.ask_now(tx, served, now)):
        workspaces.connect(tx, workspace_id, now)
    return True


def grant(tx: Connection, organisation: str, workspace_ids: Iterable[str], at: datetime, now: datetime) -> None:
    """Serve these workspaces by the installation of their organisation, which gave it to them at this moment."""
    installations.lock(tx, organisation)  # its removal waits, and then sees them
    for workspace_id in sorted(workspace_ids):
        if workspaces.grant(tx, workspace_id, organisation, at, now):
            if installations.find(tx, workspace_id) is None:  # it is not stored yet
                workspaces.disconnect(tx, workspace_id, workspaces.REMOVED, now)
            else:
                workspaces.connect(tx, workspace_id, now)


def withdraw(tx: Connection, organisation: str, workspace_ids: Iterable[str], at: datetime, now: datetime) -> list[str]:
    """Take the installation of an organisation from workspaces. Return those that no other serves."""
    named = sorted(workspace_ids)
    return lose(tx, [place for place in named if workspaces.withdraw(tx, place, organisation, at, now)], now)


def remove(tx: Connection, organisation: str, at: datetime, now: datetime) -> list[str]:
    """End the installation of an organisation, unless it is installed since. Return the workspaces that none serves."""
    return _end(tx, organisation, at, now) if installations.revoke(tx, organisation, at) else []


def _end(tx: Connection, organisation: str, at: datetime, now: datetime) -> list[str]:
    """Withdraw all workspaces of an installation that has ended. Return those that none serves any more."""
    served = workspaces.granted(tx, organisation)
    for workspace_id in served:
        workspaces.withdraw(tx, workspace_id, organisation, at, now)
    return lose(tx, served, now)


def lose(tx: Connection, workspace_ids: Iterable[str], now: datetime) -> list[str]:
    """Disconnect and return those that no installation serves any more. Have Slack asked about the others."""
    lost = []
    for workspace_id in workspace_ids:
        workspaces.lock(tx, workspace_id)  # what another transaction gives to it is seen
        if installations.find(tx, workspace_id) is None:
            workspaces.disconnect(tx, workspace_id, workspaces.REMOVED, now)
            lost.append(workspace_id)
        else:
            doubts.doubt(tx, workspace_id, now)
    return lost


def look(tx: Connection, now: datetime, most: int) -> list[str]:
    """Have Slack asked about installations once a day, as events may get lost. Return the organisations among them."""
    taken = installations.take_looks(tx, now, now - timedelta(days=1), most)
    for workspace_id in sorted(taken):
        doubts.doubt(tx, workspace_id, now)  # has no row for an organisation
    return [place for place in taken if is_organisation(place)]


def compare(tx: Connection, organisation: str, given: frozenset[str], at: datetime | None, now: datetime) -> None:
    """Serve the workspaces that Slack named at this moment, and have it asked about those that it did not name."""
    connected = set(workspaces.granted(tx, organisation, connected=True))
    grant(tx, organisation, given - connected, at or now, now)
    for workspace_id in sorted(connected - given):
        doubts.doubt(tx, workspace_id, now)


def sweep(tx: Connection, before: datetime, lately: datetime, most: int, now: datetime) -> int:
    """Delete installations that ended long ago, by Slack's event or its answers, with their tokens; return how many."""
    ended = installations.sweep(tx, before, lately, most)
    for place in ended:
        if is_organisation(place):
            _end(tx, place, now, now)
        else:
            lose(tx, [place], now)
    return len(ended)


def refreshed(
    tx: Connection, workspace_id: str, claim: str, sealed: Sealed, expires_at: datetime, now: datetime
) -> bool:
    """Store refreshed tokens. Return False for a process whose lease is over."""
    if not installations.refreshed(tx, workspace_id, claim, sealed, expires_at):
        return False
    # Slack may have refused the older token meanwhile.
    if is_organisation(workspace_id):
        doubts.ask_now(tx, workspaces.granted(tx, workspace_id), now)
    else:
        workspaces.connect(tx, workspace_id, now)
    return True


def refresh_refused(tx: Connection, workspace_id: str, claim: str, address: str, now: datetime) -> None:
    """Give up a refresh token that Slack does not accept, and ask admins to install the app anew at this address.

    They can be told while the token itself works. So can who installed the app, who becomes a member by that.
    """
    lost = installations.refresh_refused(tx, workspace_id, claim)
    if lost is None or is_organisation(workspace_id) or lost.expires_at is None or lost.expires_at <= now:
        # In an organisation, the installer may be in none of its workspaces: there the log and `check` tell.
        return
    ids = dict.fromkeys([lost.installed_by, *admins.named(tx, workspace_id)])
    whom = [MemberKey(workspace_id, member_id) for member_id in ids if member_id]
    known = members.lock(tx, whom)
    if lost.installed_by and whom[0] not in known:  # a delivery belongs to a member
        members.meet(tx, whom[0], None, now)
        known.add(whom[0])
    told = [who for who in whom if who in known][:5]
    about = AdminSubject(task=INSTALL_ANEW, words=(address, lost.expires_at.isoformat()))
    copies = [Copy(*who, key_of(Kind.TASK, INSTALL_ANEW, who.member_id, lost.expires_at)) for who in told]
    task = NewDelivery(copies, Kind.TASK, due_at=now, try_at=now - AHEAD, until=lost.expires_at, subject=about)
    deliveries.put(tx, task)


def doubt(tx: Connection, workspace_id: str, why: str, now: datetime) -> None:
    """Have Slack asked whether it accepts the token. Where it lacks a scope, pause the workspace for an hour."""
    if why in REFUSES_THE_TOKEN:
        doubts.doubt(tx, workspace_id, now)
    else:
        workspaces.pause(tx, workspace_id, LONGEST_PAUSE.total_seconds())


def doubt_both(tx: Connection, workspace_id: str, organisation: str, now: datetime) -> None:
    """Have Slack asked about a workspace, and about all that the installation of its organisation serves."""
    for doubted in sorted({workspace_id, *workspaces.granted(tx, organisation)}):
        doubts.doubt(tx, doubted, now)


def connect_installed(tx: Connection, now: datetime) -> None:
    """Connect what has an installation, and nothing else: the operator may have changed to OAuth, or back."""
    for workspace_id, is_connected in workspaces.mismatched(tx):
        workspaces.lock(tx, workspace_id)
        if installations.find(tx, workspace_id) is None and is_connected:
            workspaces.disconnect(tx, workspace_id, workspaces.NOT_INSTALLED, now)
        elif not is_connected:
            workspaces.connect(tx, workspace_id, now)
