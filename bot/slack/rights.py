"""Who may start and run challenges: admins, or every member where the workspace has settled so."""

from bot.coach import challenges
from bot.slack.request import Request

START, RUN = "start a challenge", "run a challenge"


async def check_may_start(request: Request) -> None:
    """Raises NotAdmin, which says who may. Asked at the click and again at the submit."""
    found = await request.find(challenges.blank, request.who)
    if found.settings.members_may_challenge:
        await request.check_member()
    else:
        await request.check_admin(START)


async def check_may_run(request: Request, challenge_id: str) -> None:
    """The same for ending and changing one: where every member may start one, they may run their own."""
    await request.check_member()
    found = await request.find(challenges.blank, request.who)
    one = await request.find(challenges.find, request.who, challenge_id)
    if not (found.settings.members_may_challenge and one.started_by == request.who.member_id):
        await request.check_admin(RUN)
