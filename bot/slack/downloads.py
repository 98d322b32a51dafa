"""Links in Slack that open a member's export in a browser, once and for ten minutes.

The link opens a page with a button, and only the button fetches the data: programs that look at links use none up. The
data is gathered before the link is used up, so a database that fails meanwhile costs nobody their link. The token is
signed, so that a stranger's guesses never reach the database.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.coach import exports
from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.run.clock import Clock
from bot.slack.exports import FILE_NAME, Export, ForgottenMeanwhile, export_of
from bot.store import Store

PATH = "/export/{workspace_id}/{token}"
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}[0-9a-f]{32}")  # 24 random bytes, and the first half of their signature
RANDOM_BYTES, RANDOM_LETTERS, SIGNATURE_LETTERS = 24, 32, 32
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>roleshift: your data</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;
padding:0 1rem;color:#1f2a44}}button{{font:inherit;padding:.6rem 1.2rem}}</style></head><body><h1>Your data</h1>{body}
</body></html>"""
_OFFER = """<p>This is everything that roleshift keeps about you, as one JSON file. The link works once.</p>
<form method="post"><button>Download my data</button></form>"""
_GONE = """<p>This link was used before, or is older than ten minutes. For a new one, type
<code>/roleshift privacy</code> in Slack.</p>"""
_LATER = """<p>The database does not answer. Try again in a minute. If the link does not work then, type
<code>/roleshift privacy</code> in Slack for a new one.</p>"""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks the addresses. All web processes have the same `secret`, so each takes the others' links."""

    public_url: str
    secret: bytes = field(repr=False)

    def new_token(self, workspace_id: str) -> str:
        """Return a new token for a workspace."""
        random = secrets.token_urlsafe(RANDOM_BYTES)
        return random + self._signature(workspace_id, random)

    def address(self, workspace_id: str, token: str) -> str:
        """Return the address that a person opens."""
        return self.public_url + PATH.format(workspace_id=workspace_id, token=token)

    def signed(self, workspace_id: str, token: str) -> bool:
        """Return whether this bot made the token for this workspace."""
        if not TOKEN.fullmatch(token):
            return False
        right = self._signature(workspace_id, token[:RANDOM_LETTERS])
        return hmac.compare_digest(right, token[RANDOM_LETTERS:])

    def _signature(self, workspace_id: str, random: str) -> str:
        said = f"roleshift export\n{workspace_id}\n{random}".encode()
        return hmac.new(self.secret, said, hashlib.sha256).hexdigest()[:SIGNATURE_LETTERS]


def routes(links: Links, store: Store, clock: Clock) -> list[Route]:
    """Return the page behind a link, and what its button fetches."""

    async def offer(request: Request) -> Response:
        return _page(_OFFER) if links.signed(**request.path_params) else _page(_GONE, 404)

    async def fetch(request: Request) -> Response:
        if not links.signed(**request.path_params):
            return _page(_GONE, 404)
        try:
            found = await _redeemed(store, clock, **request.path_params)
        except (NothingChanged, OutcomeUnknown):
            return _page(_LATER, 503)
        except ForgottenMeanwhile:
            found = None
        if found is None:
            return _page(_GONE, 410)
        attached = {"content-disposition": f'attachment; filename="{FILE_NAME}"'}
        return Response(found.json, media_type="application/json", headers=HEADERS | attached)

    return [Route(PATH, offer, methods=["GET"]), Route(PATH, fetch, methods=["POST"])]


async def _redeemed(store: Store, clock: Clock, workspace_id: str, token: str) -> Export | None:
    """Return the export behind a link, and use the link up; None if it does not work. Of many callers, one gets it."""
    who = await store.read(exports.owner, workspace_id, token, clock.now())
    found = await export_of(store, who) if who is not None else None
    if found is None:
        return None
    return found if await store.write(exports.redeem, workspace_id, token, clock.now()) == who else None


def _page(body: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(body=body), status, headers=HEADERS)
