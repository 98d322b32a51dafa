"""T1 and A4: what a command costs, beside the textbook bot, and what it asks of Slack and the database."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import databases, start
from tests.benchmarks.caller import Asked, Connection, call, signed
from tests.benchmarks.figures import Figure, Pace, Side, in_turn, ratio
from tests.benchmarks.minimal_slack import MinimalSlack, form, minimal_slack
from tests.benchmarks.processes import Running, one_core, running

LEARNED = 8
ROUNDS = 6
TEXTBOOK = "tests.benchmarks.peers.serve_textbook"
CPU, LATENCY = "µs of processor time", "µs, p50"
MAX_CPU = {"SQLite": 1 / 2.5, "PostgreSQL": 1 / 1.5}
ABOUT = f"/roleshift myrole, {LEARNED} skills learned"

MAY_ASK = {"users.info", "views.open"}  # whether somebody is an admin, or to open a form
SETTLED = 0.05  # seconds; a commit after the answer is counted too
VERB = re.compile(r"`([a-z]+)` ")  # as the help names each


def beside_textbook(pace: Pace) -> Iterator[Figure]:
    """Measure T1: processor time and p50 of `/roleshift myrole`, beside the textbook bot."""
    requests = max(pace.requests // 3, 2)
    with one_core(), minimal_slack() as slack:
        for database, ours, theirs in _two_of_each(slack.scratch):
            with (
                running(slack.scratch, "bot", "run", env=slack.environment(DATABASE_URL=ours)) as bot,
                running(slack.scratch, TEXTBOOK, env=slack.environment(DATABASE_URL=theirs)) as peer,
            ):
                for each in (bot, peer):
                    _give_a_past(each)
                asked = Asked(bot, "myrole", requests), Asked(peer, "myrole", requests)
                cpu = in_turn(pace.rounds(ROUNDS), *(each.once for each in asked))
            names = f"{ABOUT}, {database}", "the textbook bot"
            yield _ratio("T1", names, cpu, CPU, MAX_CPU[database])
            yield _ratio("T1", names, [each.p50 for each in asked], LATENCY)


def _two_of_each(scratch: Path) -> Iterator[tuple[str, str, str]]:
    """Yield a kind of database, and two addresses: the peer makes its own tables. Raise postgres.Unavailable."""
    yield "SQLite", databases.sqlite(scratch / "ours"), f"sqlite:///{scratch}/theirs"
    yield "PostgreSQL", databases.server().database(), databases.server().database()


def work_per_command(_pace: Pace) -> Iterator[Figure]:
    """Count A4: the calls of Slack before an answer, and the commits of a command, without jobs beside it."""
    with minimal_slack() as slack:
        environment = slack.environment(ROLESHIFT_WITH_JOBS="0")
        modules = str(slack.scratch / "modules")
        with running(slack.scratch, "tests.benchmarks.watched", modules, env=environment) as bot:
            counting = _Counting(slack, bot, next(slack.scratch.glob("*watched*.log")))
            _give_a_past(bot)
            needed = {text: counting.of(text) for text in _texts(bot)}
    asking = {text: calls for text, (calls, _) in needed.items() if calls}
    others = sum(sum(count for method, count in calls.items() if method not in MAY_ASK) for calls in asking.values())
    asked = f"{len(asking)} of {len(needed)} commands ask who is an admin or open a form"
    yield Figure("A4", f"other calls of Slack before an answer; {asked}", [others], "", limit=0)
    most = max((sum(calls.values()) for calls in asking.values()), default=0)
    yield Figure("A4", f"calls of such a command: {', '.join(sorted(asking))}", [most], "", limit=1)
    yield Figure("A4", "commits of a command at most", [max(commits for _, commits in needed.values())], "", limit=1)


def _texts(bot: Running) -> list[str]:
    """Return each command that the help names, and some with words."""
    catalog = start.catalog()
    role, skill = next(iter(catalog.roles)), list(catalog.skills)[LEARNED]
    about_skills = [f"{verb} {skill}" for verb in ("skill", "learn", "unlearn", "tip")]
    return ["", "help", *sorted(set(VERB.findall(call(bot, "help")))), f"myrole {role}", f"role {role}", *about_skills]


class _Counting:
    def __init__(self, slack: MinimalSlack, bot: Running, log: Path) -> None:
        self._slack, self._bot, self._log = slack, bot, log

    def of(self, text: str) -> tuple[dict[str, int], int]:
        calls, commits = self._slack.calls, self._commits()
        with Connection(self._bot.port) as connection:
            connection.exchange(signed(form(text).encode()))
        asked = self._slack.calls - calls
        time.sleep(SETTLED)
        return dict(asked), self._commits() - commits

    def _commits(self) -> int:
        return self._log.read_text().splitlines().count("commit")


def _give_a_past(server: Running) -> None:
    role = next(role for role in start.catalog().roles.values() if len(role.skills) > LEARNED)
    answer = call(server, f"myrole {role.slug}", *(f"learn {skill}" for skill in role.skills[:LEARNED]))
    assert "I don't know" not in answer, answer


def _ratio(
    target: str, names: tuple[str, str], values: list[list[float]], unit: str, limit: float | None = None
) -> Figure:
    ours, theirs = (Side(*each) for each in zip(names, values, strict=True))
    return ratio(target, ours, theirs, unit, limit)
