"""`/oauth/v2/authorize`: Slack's page that asks a person whether the app may be installed in their workspace."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.playground.emulator.hub import Hub
from bot.playground.emulator.oauth import ORGANISATION
from bot.playground.emulator.refusal import SlackRefusal

STYLE = """
:root { color-scheme: light dark; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; background: #360f3a; color: #1d1c1d;
  font: 15px/1.47 "Lato", -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
main { width: min(520px, 100vw); padding: 28px 32px; border-radius: 10px; background: #fff; }
h1 { margin: 0 0 14px; font-size: 22px; } label { display: block; margin: 8px 0; } select { font: inherit; }
code { color: #c5144f; }
button { margin: 16px 8px 0 0; padding: 8px 20px; border: 1px solid #8d8a8d; border-radius: 8px; background: #fff;
  color: #1d1c1d; font: inherit; font-weight: 700; }
button[value=allow] { border-color: #007a5a; background: #007a5a; color: #fff; }
"""


class AuthorizePage:
    """The page, and what its two buttons do."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def ask(self, request: Request) -> Response:
        asked = dict(request.query_params)
        return self._wrong(asked) or HTMLResponse(self._drawn(asked))

    async def answer(self, request: Request) -> Response:
        """Send the browser back to the app with a code, or with the news that the person clicked Cancel."""
        given = dict(parse_qsl((await request.body()).decode()))
        if (wrong := self._wrong(given)) is not None:
            return wrong
        back = {"error": "access_denied"} if given.get("choice") != "allow" else {"code": self._code(given)}
        if "state" in given:
            back["state"] = given["state"]
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode(back)}", 303)

    def _code(self, given: dict[str, str]) -> str:
        asked, optional = frozenset(given["scope"].split(",")), self.hub.app.optional_scopes
        scopes = frozenset(scope for scope in asked if scope not in optional or f"optional:{scope}" in given)
        workspace = self.hub.workspaces.get(given.get("team", ""))  # None: the organisation
        somewhere = workspace or next(iter(self.hub.workspaces.values()))
        owner = next(person.id for person in somewhere.people.values() if person.kind in ("owner", "admin", "member"))
        return self.hub.oauth.allow(workspace, owner, scopes, given["redirect_uri"])

    def _wrong(self, asked: dict[str, str]) -> Response | None:
        """If the link is wrong, say so as Slack does, and send nobody anywhere."""
        try:
            self._check(asked)
        except SlackRefusal as refusal:
            self.hub.refuse("oauth/v2/authorize", refusal)
            return HTMLResponse(f"<h1>Something went wrong</h1><p><code>{escape(refusal.error)}</code></p>", 400)
        return None

    def _check(self, asked: dict[str, str]) -> None:
        app = self.hub.app
        if asked.get("client_id") != app.client_id:
            raise SlackRefusal("invalid_client_id")
        address = asked.get("redirect_uri", "")
        if not any(address == known or address.startswith(f"{known.rstrip('/')}/") for known in app.redirect_urls):
            raise SlackRefusal("bad_redirect_uri", "add it to oauth_config.redirect_urls")
        if not set(filter(None, asked.get("scope", "").split(","))) <= app.scopes or not asked.get("scope"):
            raise SlackRefusal("invalid_scope")

    def _drawn(self, asked: dict[str, str]) -> str:
        app = self.hub.app
        places = {workspace.id: workspace.name for workspace in self.hub.workspaces.values()}
        if self.hub.oauth.has_organisation:
            places[ORGANISATION] = "The whole organisation"
        options = "".join(f'<option value="{key}">{escape(name)}</option>' for key, name in places.items())
        scopes = {scope: f"<code>{escape(scope)}</code>" for scope in asked["scope"].split(",")}
        required = "".join(f"<li>{drawn}</li>" for scope, drawn in scopes.items() if scope not in app.optional_scopes)
        optional = "".join(
            f'<label><input type="checkbox" name="optional:{escape(scope)}" checked> {drawn}</label>'
            for scope, drawn in scopes.items()
            if scope in app.optional_scopes
        )
        kept = "".join(
            f'<input type="hidden" name="{key}" value="{escape(asked[key])}">'
            for key in ("client_id", "scope", "redirect_uri", "state")
            if key in asked
        )
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(app.name)}</title>'
            f"<style>{STYLE}</style>"
            f"<main><h1>{escape(app.name)} is requesting permission to access a workspace</h1>"
            f'<form method="post" action="/oauth/v2/authorize">{kept}'
            f'<label>Workspace <select name="team">{options}</select></label>'
            f"<p>It asks for:</p><ul>{required}</ul><p>Optional:</p>{optional}"
            '<button name="choice" value="cancel">Cancel</button><button name="choice" value="allow">Allow</button>'
            "</form></main></html>"
        )
