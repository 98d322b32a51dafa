"""Permission checks that need Slack, because only Slack knows who is an admin now."""

from bot.coach import challenges
from bot.slack.request import Request

START, RUN = "start a challenge", "run a challenge"


async def check_may_start(request: Request) -> None:
    """Raise NotAdmin, which says who may, unless this person may start challenges. Check at click and submit."""
    if await request.find(challenges.may_start, request.who):
        await request.check_member()
    else:
        await request.check_admin(START)


async def check_may_run(request: Request, challenge_id: str) -> None:
    """Raise NotAdmin, which says who may, unless this person may change and end this challenge."""
    await request.check_member()
    if not await request.find(challenges.may_run, request.who, challenge_id):
        await request.check_admin(RUN)
