"""See which tools your team allows, and which data may go where."""

from bot.core.errors import NextStep, UserError
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.team import allowed_view as allowed

USAGE = "allowed [tool or data]"


async def answer(request: Request, words: str) -> Message:
    policy = request.catalog.policy
    if policy is None:
        raise UserError(
            "Your team has not told me what it allows. Ask your manager or your security team.",
            NextStep("Who are the coach admins?", "admins"),
        )
    return allowed.one(policy, policy.named(words)) if words else allowed.every(policy)
