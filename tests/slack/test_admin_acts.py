"""What only admins may do is refused to every other member, whether it is typed, pressed or sent as a form."""

import ast
import traceback
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bot.core.errors import NextStep, NotAdmin
from bot.core.member import MemberKey
from bot.slack.app import NOUNS
from bot.slack.request import Request
from bot.slack.team import desk
from bot.store.member_schema import suggestion
from bot.store.schema import challenge
from tests.every import try_every
from tests.running import every_row
from tests.slack.challenge import ASHA, EMIL, PLATFORM, Team
from tests.slack.talk import Talk

SLACK = Path(desk.__file__).parent.parent
CHECKS = {"check_admin", "check_may_start", "check_may_run"}
GROUP, CHANNEL, WISH, SUGGESTED = "<!subteam^S0DATA|@data>", f"<#{PLATFORM}|platform>", "0" * 16, "5" * 16
TYPED = [
    "team skills", "team teams", "team teams 1", "team export", "team literacy",
    f"team add {GROUP} in {CHANNEL}", f"team remove {GROUP}", f"admins add <@{EMIL}>", f"admins remove <@{EMIL}>",
    "audit", "reported", "announce", "challenge new", "team project",
]  # fmt: skip
PRESSED = {  # buttons, with their values
    "settings": "", "add-team": "", "hide-line": WISH, "allow-line": WISH, "announce-again": WISH,
    "close-challenge": "{open}", "cancel-challenge": "{open}", "edit-challenge": "{draft}",
    "details": "{draft}", "post-again": "challenge:{open}:1", "start-challenge": "logs",
    "choose-template": "", "end-first-day": "", "pick-project": "", "tell-lead": WISH, "remove-team": "S0DATA",
    "suggestion": SUGGESTED, "start-suggested": SUGGESTED, "remove-suggestion": SUGGESTED,
}  # fmt: skip
SENT = {  # forms, with what they carry along
    "settings": "", "add-team": "", "announce": WISH, "post-introduction": f"{WISH} {PLATFORM} why",
    "choose-template": "", "write-challenge": "{draft} free", "post-challenge": "{draft}",
    "pick-project": WISH, "tell-lead": WISH,
}  # fmt: skip
Act = tuple[Callable[..., Awaitable[object]], tuple[object, ...]]  # a handler, and what it gets after the request


def acts(**ids: str) -> Iterator[tuple[str, Act]]:
    """Yield each act of admins. `ids` of an open challenge, and of a draft of who asks, who was an admin once."""
    for line in TYPED:
        verb, _, words = line.partition(" ")
        yield line, (NOUNS.verbs[verb].handler, (words,))
    for name, value in PRESSED.items():
        value_now = value.format(**ids)
        yield f"[{name}]", (NOUNS.click(name, value_now).handle, (value_now,))
    for name, carried in SENT.items():
        yield f"({name})", (NOUNS.form(name).handle, (carried.format(**ids), {}))


def places() -> set[str]:
    """Return each function that asks whether somebody may act for the team, as `module.function`."""
    return {
        f"{path.stem}.{function.name}"
        for path in SLACK.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.AsyncFunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in CHECKS
    }


async def test_every_act_of_admins_is_refused_to_other_members_and_changes_nothing(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Talk(team.slack, ASHA).does("/roleshift myrole sre")
    asha = MemberKey(team.slack.workspace.id, ASHA)._asdict()
    suggested = insert(suggestion).values(**asha, suggestion_id=SUGGESTED, words="w", made_at=team.now)
    await team.services.store.write(lambda tx: tx.execute(suggested))
    await team.starts()
    await team.previews()
    ids = {each.state.value: each.challenge_id for each in await team.kept()}
    written = update(challenge).where(challenge.c.challenge_id == ids["draft"]).values(started_by=EMIL)
    await team.services.store.write(lambda tx: tx.execute(written))
    request = Request(team.services, NOUNS, MemberKey(team.slack.workspace.id, EMIL), team.now, channel=PLATFORM)
    before, seen, check = list(every_row(tmp_path)), set[str](), Request.check_admin

    async def recorded(asked: Request, to: str, *instead: NextStep) -> None:
        frames = (frame.f_code for frame, _ in traceback.walk_stack(None))
        seen.update(f"{Path(code.co_filename).stem}.{code.co_name}" for code in frames)
        await check(asked, to, *instead)

    async def refused(act: Act) -> None:
        handler, given = act
        with pytest.raises(NotAdmin):
            await handler(request, *given)

    monkeypatch.setattr(Request, "check_admin", recorded)
    await try_every(dict(acts(**ids)), refused)
    assert [row for row in every_row(tmp_path) if "denied" not in row] == before
    assert places() - seen == set(), "an act of admins that is not in the tables above"
