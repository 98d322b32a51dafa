"""P1: SIGKILL at each step of the refresh of a token that Slack rotates, soon taken over or too late for Slack.

A used refresh token works again within Slack's grace period. After that, the tokens of a process that died between
Slack's answer and the commit are lost. Then the person who installed the bot must be told, and everybody still gets
their tip.
"""

from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.coach import installing
from bot.core.installation import Installation
from bot.core.outbox import Kind
from bot.playground.emulator.faults import When
from bot.playground.emulator.oauth import GRACE
from bot.store import installations
from bot.token_keys import TokenKeys
from tests.faults.kill_points import KillPoint
from tests.faults.processes import Processes
from tests.faults.stage import WORKSPACE, Databases, Plan, Stage, id_of, is_ended, stage
from tests.faults.steps import NEVER_STRUCK, dying
from tests.faults.tally import Case, Result
from tests.running import KEY

MEMBERS, TEN_HOURS = 4, timedelta(hours=10)
SOON, LATE = "taken over in time", "taken over too late"
# Whether Slack has used the refresh token up by then, and nobody has stored what it gave.
POINTS: dict[str, tuple[KillPoint | When, bool]] = {
    "before the claim": (KillPoint(installations.claim_refresh, "before"), False),
    "after the claim": (KillPoint(installations.claim_refresh, "after"), False),
    "before Slack has the request": ("before", False),
    "while Slack answers": ("during", True),
    "after Slack's answer": ("after", True),
    "before the commit": (KillPoint(installing.refreshed, "before"), True),
    "during the commit": (KillPoint(installing.refreshed, "during"), True),
    "after the commit": (KillPoint(installing.refreshed, "after"), False),
}
ABOUTS = tuple(f"{point}, {when}" for point in POINTS for when in (SOON, LATE))


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    """Start a worker that dies at the point, and one that takes over."""
    point, _, when = case.about.partition(", ")
    kill, used_up = POINTS[point]
    async with stage(Plan(case, MEMBERS, rotates=True), databases, processes) as on:
        on.slack.hub.oauth.grace = GRACE if when == SOON else GRACE * 0
        died = await on.died(await dying(on, kill, "oauth.v2.access"))
        await on.fork()
        await on.until(lambda: _is_over(on))
        result = await _judged(case, on, is_lost=used_up and when == LATE)
        if not died:
            result.broken.append(NEVER_STRUCK)
        return result


async def _is_over(on: Stage) -> bool:
    found = await on.store.read(installations.find, WORKSPACE)
    rows = await on.rows()  # read later: the loss of the tokens and the message about it are stored together
    is_settled = found is not None and (found.sealed.refresh is None or _is_fresh(on, found))
    return is_settled and sum(row.kind == Kind.NUDGE for row in rows) == MEMBERS and all(map(is_ended, rows))


def _is_fresh(on: Stage, found: Installation) -> bool:
    return found.expires_at is not None and found.expires_at > on.slack.clock() + TEN_HOURS


async def _judged(case: Case, on: Stage, *, is_lost: bool) -> Result:
    """Check the stored tokens at Slack, the tips, and that somebody was told if the tokens were lost, and only then."""
    # A second new token ends the old one before the new one is stored.
    rows, broken = await on.over("invalid_refresh_token", "token_revoked")
    told = [post for post in on.slack.posts if "install me again" in post.text]
    nudges = {row.id for row in rows if row.kind == Kind.NUDGE}
    sent = [post for post in on.slack.posts if id_of(post) in nudges]
    broken += [f"{len(told)} were told to install the bot anew"] if len(told) != is_lost else []
    broken += [f"{len(sent)} tips for {MEMBERS} members"] if len({post.person for post in sent}) != MEMBERS else []
    broken += [f"doubled: {len(sent)} tips"] if len(sent) > MEMBERS else []
    broken += await _wrong_tokens(on, is_lost=is_lost)
    counts = {"kills": on.kills, "tips": len(sent), "refreshes at Slack": on.slack.hub.oauth.refreshes, "lost": is_lost}
    return Result(case.name, counts, broken)


async def _wrong_tokens(on: Stage, *, is_lost: bool) -> list[str]:
    found = await on.store.read(installations.find, WORKSPACE)
    if found is None:
        return ["no installation is stored"]
    keys, sealed = TokenKeys(KEY), found.sealed
    token = keys.token(found)
    await AsyncWebClient(token, base_url=on.settings["SLACK_API_URL"]).auth_test()  # raises what Slack refuses
    if is_lost or sealed.refresh is None:
        return [] if is_lost and sealed.refresh is None else [f"the refresh token: {sealed.refresh and 'is there'}"]
    refresh = on.slack.hub.oauth.refresh_tokens[keys.refresh_token(found) or ""]
    wrong = ["the stored refresh token is used up"] if refresh.used_at is not None else []
    return wrong if _is_fresh(on, found) else [*wrong, "the stored token is the old one"]
