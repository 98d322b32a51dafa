"""T1 and A4: what a command costs, beside the textbook bot, and what it asks of Slack and the database."""

import re
import time
from collections import Counter
from collections.abc import Iterator

from tests.benchmarks import databases, start
from tests.benchmarks.caller import Connection, call, signed
from tests.benchmarks.figures import Figure, in_turn, ratio
from tests.benchmarks.minimal_slack import form, minimal_slack
from tests.benchmarks.processes import Running, one_core, running

LEARNED = 8
ROUNDS, REQUESTS = 4, 33  # of each side in a round
TEXTBOOK = "tests.benchmarks.peers.serve_textbook"
MAX_CPU = {"SQLite": 1 / 2.5, "PostgreSQL": 1 / 1.5}
SECOND = 1_000_000  # in microseconds

MAY_ASK = {"users.info", "views.open"}  # whether somebody is an admin, or to open a form
SETTLED = 0.05  # seconds; a commit after the answer is counted too
VERB = re.compile(r"`([a-z]+)` ")  # as the help names each


def beside_textbook() -> Iterator[Figure]:
    """Measure T1: processor time of `/roleshift myrole`, beside the textbook bot, which makes its own tables."""
    with one_core(), minimal_slack() as slack:
        for database, ours in databases.both(slack.scratch / "ours"):
            theirs = f"sqlite:///{slack.scratch}/theirs" if database == "SQLite" else databases.server().database()
            with (
                running(slack.scratch, "bot", "run", env=slack.environment(DATABASE_URL=ours)) as bot,
                running(slack.scratch, TEXTBOOK, env=slack.environment(DATABASE_URL=theirs)) as peer,
            ):
                call(bot, "what is RAG?")  # answered once it has learned to hear, which would count as work else
                for each in (bot, peer):
                    _give_a_past(each)
                    _cost(each)  # warms up what is compiled, cached and prepared
                costs = in_turn(ROUNDS, lambda: _cost(bot), lambda: _cost(peer))
            about = f"/roleshift myrole, {LEARNED} skills learned, {database}"
            sides = (about, costs[0]), ("the textbook bot", costs[1])
            yield ratio("T1", *sides, "µs of processor time", MAX_CPU[database])


def _cost(server: Running) -> float:
    """Return the microseconds of the server's processor time for each command."""
    request = signed(form("myrole").encode())
    with Connection(server.port) as connection:
        connection.exchange(request)  # the connection is accepted before the clock is read
        before = server.cpu()
        for _ in range(REQUESTS):
            connection.exchange(request)
        return (server.cpu() - before) / REQUESTS * SECOND


def work_per_command() -> Iterator[Figure]:
    """Count A4: the calls of Slack before an answer, and the commits of a command, without jobs beside it."""
    asking, commits = dict[str, Counter[str]](), list[int]()
    with minimal_slack() as slack:
        environment = slack.environment(ROLESHIFT_WITH_JOBS="0")
        modules = str(slack.scratch / "modules")
        with running(slack.scratch, "tests.benchmarks.watched", modules, env=environment) as bot:
            log = next(slack.scratch.glob("*watched*.log"))
            _give_a_past(bot)
            for text in _texts(bot):
                calls, before = slack.calls, log.read_text().count("commit\n")
                call(bot, text)
                if asked := slack.calls - calls:
                    asking[text] = asked
                time.sleep(SETTLED)
                commits.append(log.read_text().count("commit\n") - before)
    others = sum(count for asked in asking.values() for method, count in asked.items() if method not in MAY_ASK)
    about = f"{len(asking)} of {len(commits)} commands ask who is an admin or open a form"
    yield Figure("A4", f"other calls of Slack before an answer; {about}", [others], "", limit=0)
    most = max((asked.total() for asked in asking.values()), default=0)
    yield Figure("A4", f"calls of such a command: {', '.join(sorted(asking))}", [most], "", limit=1)
    yield Figure("A4", "commits of a command at most", [max(commits)], "", limit=1)


def _texts(bot: Running) -> list[str]:
    """Return each command that the help names, and some with words."""
    catalog = start.catalog()
    role, skill = next(iter(catalog.roles)), list(catalog.skills)[LEARNED]
    about_skills = [f"{verb} {skill}" for verb in ("skill", "learn", "unlearn", "tip")]
    return ["", "help", *sorted(set(VERB.findall(call(bot, "help")))), f"myrole {role}", f"role {role}", *about_skills]


def _give_a_past(server: Running) -> None:
    role = next(role for role in start.catalog().roles.values() if len(role.skills) > LEARNED)
    answer = call(server, f"myrole {role.slug}", *(f"learn {skill}" for skill in role.skills[:LEARNED]))
    assert "I don't know" not in answer, answer
