"""Introduce me in a channel; for admins, who see it first."""

import secrets

from bot.slack.form import Form
from bot.slack.request import Request
from bot.slack.team import announce as screen
from bot.store import workspaces

USAGE = "announce"


async def answer(request: Request, _words: str) -> Form:
    await request.check_admin(screen.INTRODUCE)
    found = await request.find(workspaces.settings, request.who.workspace_id)
    return Form(screen.form(secrets.token_hex(8), found.challenge_channel))
