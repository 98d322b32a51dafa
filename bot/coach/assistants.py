"""Assistants of members: make, list and revoke their tokens, tell whose one is, and whether the team lets them in."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach.act import Act
from bot.core.errors import NextStep, UserError
from bot.core.member import AssistantToken, MemberKey
from bot.store import members, workspaces

VALID = timedelta(days=180)
MOST = 5  # tokens of a member
TOKEN = re.compile(r"rsk-([A-Z0-9]{1,32})\.([A-Z0-9]{1,32})\.([0-9a-f]{16})\.[A-Za-z0-9_-]{43}")
CONNECT = NextStep("My assistants", "connect")


def make(act: Act) -> str:
    """Make a token and return it: nobody can show it again. Raise UserError and NotMet."""
    check_allowed(act.tx, act.who.workspace_id)
    act.lock()
    if len(members.tokens_of(act.tx, act.who, act.now)) >= MOST:
        raise UserError(f"You have {MOST} tokens, which is the most. Revoke one first.", CONNECT)
    label = secrets.token_hex(8)
    token = "rsk-" + ".".join((*act.who, label, secrets.token_urlsafe(32)))
    digest = hashlib.sha256(token.encode()).hexdigest()
    members.add_token(act.tx, act.who, AssistantToken(label, act.now, act.now + VALID, digest))
    return token


def revoke(act: Act, label: str) -> list[AssistantToken]:
    """Revoke a token, and return those that are left. A second call changes nothing. Raise NotMet."""
    act.lock()
    members.remove_token(act.tx, act.who, label)
    return members.tokens_of(act.tx, act.who, act.now)


def owner(tx: Connection, token: str, now: datetime) -> MemberKey | None:
    """Return the member whose token this is; None if it does not work, or no longer."""
    if (parts := TOKEN.fullmatch(token)) is None:
        return None
    who, digest = MemberKey(parts[1], parts[2]), hashlib.sha256(token.encode()).hexdigest()
    theirs = members.tokens_of(tx, who, now)
    return who if any(hmac.compare_digest(each.digest, digest) for each in theirs) else None


def check_allowed(tx: Connection, workspace_id: str) -> None:
    """Raise UserError where an admin keeps assistants out."""
    if not workspaces.settings(tx, workspace_id).assistants:
        raise UserError("Your admins keep assistants out of this workspace, so I answer none.", CONNECT)
