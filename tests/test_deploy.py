"""The files for operators name metrics, commands, paths and settings that exist."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from bot.coach import membership
from bot.coach.posts.answers import MAX_LATE
from bot.core.outcomes import TOKENS, Token
from bot.run import app
from bot.run.settings import variables
from bot.slack.manifest import OPTIONAL_SCOPES, SCOPES
from bot.slack.oauth import INSTALL, REDIRECT, STATE_LIFE
from bot.store.installations import MAX_GAP
from bot.store.retention import LATELY, Retention
from bot.store.schema import metadata
from jobs.sweep import DRAFTS_WAIT, REDELIVERED_WITHIN
from tests.driver.standin import StandIn
from tests.end_to_end.process import process

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
DEPLOY = GITHUB / "deploy"
SECURITY = (GITHUB / "SECURITY.md").read_text(encoding="utf-8")
PROCFILE = (ROOT / "Procfile").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\w+: (?:[A-Z_]+=\S+ )?(python .+)$", PROCFILE, re.MULTILINE)
ALERTS = (DEPLOY / "alerts.yaml").read_text(encoding="utf-8")
DASHBOARD = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))

GRACE = re.compile(r"(?:TimeoutStopSec=|terminationGracePeriodSeconds: )(\d+)")
STOPS_WITHIN = 8  # seconds, as the comments beside the bot's limits and in the files for operators say


def _exposed() -> set[str]:
    return set(re.findall(r"^# TYPE (\w+)", generate_latest().decode(), re.MULTILINE))


def test_the_alerts_name_metrics_and_log_events_that_exist() -> None:
    rules = [rule for group in yaml.safe_load(ALERTS)["groups"] for rule in group["rules"]]
    assert all(rule.keys() == {"alert", "expr", "for", "labels", "annotations"} for rule in rules)
    assert all(rule["annotations"].keys() == {"summary", "do"} for rule in rules)
    named = re.findall(r"roleshift_\w+", " ".join(rule["expr"] for rule in rules))
    assert named
    assert set(named) - _exposed() == set()
    code = "".join(path.read_text(encoding="utf-8") for room in ("bot", "jobs") for path in (ROOT / room).rglob("*.py"))
    events = re.findall(r"\b(\w+\.(?!yaml|com)\w+) in their log", ALERTS)
    assert events
    assert [event for event in events if f'"{event}"' not in code] == []


def test_promtool_accepts_the_alerts_and_tries_those_that_exist() -> None:
    tests = yaml.safe_load((DEPLOY / "alerts.test.yaml").read_text(encoding="utf-8"))["tests"]
    tried = {alert["alertname"] for test in tests for alert in test["alert_rule_test"]}
    assert {"RoleshiftUnconfirmed", "RoleshiftRefused", "RoleshiftWorkspaceFails"} <= tried
    assert tried <= set(re.findall(r"alert: (\w+)", ALERTS))
    if (promtool := shutil.which("promtool")) is None:
        return  # the test above holds their shape
    for words in (("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")):
        ran = subprocess.run([promtool, *words], cwd=DEPLOY, check=False, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_security_document_has_the_table_of_slacks_answers_about_a_token() -> None:
    table = SECURITY.partition("### What Slack's answers about a token mean")[2].partition("## Where data goes")[0]
    rows = [row.split(" | ") for row in re.findall(r"^\| (.+`.+) \|$", table, re.MULTILINE)]
    assert [re.findall(r"`(\w+)`", answers) for _, answers, _ in rows] == [
        [name for name, means in TOKENS.items() if means is each] for each in Token
    ]
    assert ["deletes what" in does for *_, does in rows] == [each is Token.GONE for each in Token]
    assert (timedelta(days=2), timedelta(hours=2)) == (MAX_GAP, LATELY), "as SECURITY.md has it"


def test_the_dashboard_shows_every_metric_of_the_bot_and_no_other() -> None:
    shown = " ".join(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"])
    assert set(re.findall(r"roleshift_\w+", shown)) - _exposed() == set()
    of_the_bot = {name for name in _exposed() if name.startswith("roleshift_") and not name.endswith("_created")}
    assert [name for name in of_the_bot if name not in shown] == []


def test_systemd_starts_what_the_procfile_starts() -> None:
    for path in DEPLOY.glob("*.service"):
        started = re.findall(r"^ExecStart(?:Pre)?=\S*/(python .+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert started
        assert [command for command in started if command not in COMMANDS] == [], path.name


CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


async def test_what_the_image_holds_is_all_that_the_bot_needs(tmp_path: Path) -> None:
    """Run the bot and the health check from a folder with only what is copied."""
    app, work = tmp_path / "app", tmp_path / "work"
    work.mkdir()
    for source in re.findall(r"^COPY (\w+) \w+$", CONTAINERFILE, re.MULTILINE):
        shutil.copytree(ROOT / source, app / source)
    database = {"PYTHONPATH": str(app), "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}  # it migrates a file itself
    check = json.loads(re.findall(r"^  CMD (\[.+)$", CONTAINERFILE, re.MULTILINE)[0])
    async with StandIn() as slack, process(work, "bot", "run", **slack.environment(), **database) as web:
        await web.logs("bot.ready")
        port = web.url.rpartition(":")[2]
        checked = await asyncio.create_subprocess_exec(sys.executable, *check[1:], env={"PORT": port})
        assert await checked.wait() == 0
    gone = await asyncio.create_subprocess_exec(
        sys.executable, *check[1:], env={"PORT": port}, stderr=asyncio.subprocess.DEVNULL
    )
    assert await gone.wait() != 0


def test_the_image_runs_as_a_user_without_rights() -> None:
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    lines = last.splitlines()
    assert lines.index("USER 10001") < lines.index('CMD ["python", "-m", "bot", "run"]')
    assert not [line for line in lines[lines.index("USER 10001") :] if line.startswith(("RUN", "ADD"))]
    assert "--require-hashes -r /requirements.txt" in CONTAINERFILE


KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [each for each in KUBERNETES if each["kind"] in kinds]


def test_kubernetes_runs_every_kind_of_process_without_rights() -> None:
    pods = [each["spec"]["template"]["spec"] for each in of_kind("Job", "Deployment")]
    containers: list[dict[str, Any]] = [container for pod in pods for container in pod["containers"]]
    assert sorted(" ".join(container["command"]) for container in containers) == sorted(COMMANDS)
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in pods)
    assert all(container["securityContext"]["readOnlyRootFilesystem"] for container in containers)
    probes = {probe["httpGet"]["path"] for each in containers for name, probe in each.items() if name.endswith("Probe")}
    assert probes == {"/healthz", "/readyz"}


def test_on_kubernetes_only_the_ingress_and_prometheus_reach_the_pods() -> None:
    policies = [each["spec"] for each in of_kind("NetworkPolicy")]
    for workload in of_kind("Job", "Deployment"):
        labels = workload["spec"]["template"]["metadata"]["labels"].items()
        of_it = [each for each in policies if each["podSelector"]["matchLabels"].items() <= labels]
        assert {each for policy in of_it for each in policy["policyTypes"]} == {"Ingress", "Egress"}
        let_in = [source for policy in of_it for rule in policy["ingress"] for source in rule["from"]]
        names = {each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for each in let_in}
        assert names == {"monitoring", *(["nginx-ingress"] if ("part", "web") in labels else [])}
        opened = [port["port"] for policy in of_it for rule in policy["ingress"] for port in rule["ports"]]
        assert set(opened) == {3000}
        left = [port["port"] for policy in of_it for rule in policy.get("egress", ()) for port in rule["ports"]]
        assert set(left) == {53, 443, 5432}


def test_the_ingress_of_kubernetes_passes_on_the_public_paths_alone_with_the_limits_of_nginx() -> None:
    def has(directive: str) -> str:
        (value,) = re.findall(rf"{directive}(\S+?)[;\s]", NGINX)
        return str(value)

    master, slack, people = of_kind("Ingress")
    kinds = [each["metadata"]["annotations"]["nginx.org/mergeable-ingress-type"] for each in (master, slack, people)]
    assert kinds == ["master", "minion", "minion"]
    paths = {
        each["metadata"]["name"]: {
            path["path"]: path["pathType"]
            for rule in each["spec"]["rules"]
            for path in rule.get("http", {}).get("paths", ())
        }
        for each in (master, slack, people)
    }
    assert paths == {
        "roleshift": {},
        "roleshift-slack": {"/slack/events": "Exact"},
        "roleshift-install": {INSTALL: "Exact", REDIRECT: "Exact"},
    }
    limits = {"client-max-body-size": "client_max_body_size ", "proxy-connect-timeout": "proxy_connect_timeout ",
              "proxy-read-timeout": "proxy_read_timeout "}  # fmt: skip
    assert {name: master["metadata"]["annotations"][f"nginx.org/{name}"] for name in limits} == {
        name: has(directive) for name, directive in limits.items()
    }
    asked = people["metadata"]["annotations"]
    assert asked["nginx.org/limit-req-rate"] == has("zone=browsers:1m rate=")
    assert asked["nginx.org/limit-req-burst"] == has("burst=")
    assert not [name for name in slack["metadata"]["annotations"] if "limit-req" in name], "Slack has few addresses"


def test_each_file_that_stands_before_the_bot_names_the_browsers_address_in_one_header() -> None:
    (web,) = [each for each in of_kind("Deployment") if each["metadata"]["name"] == "roleshift-web"]
    variables_ = {each["name"]: each["value"] for each in web["spec"]["template"]["spec"]["containers"][0]["env"]}
    header = variables_["ROLESHIFT_ADDRESS_HEADER"]
    assert f"proxy_set_header {header} $remote_addr;" in NGINX
    assert f"header_up {header} {{remote_host}}" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert f"`ROLESHIFT_ADDRESS_HEADER={header}`" in (GITHUB / "DEPLOY.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_proxies_pass_on_every_public_path(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    exact = re.findall(r"location = (\S+)", text)
    exact += re.findall(r"(/[\w/]+)\*?", " ".join(re.findall(r"path (.+)", text)))
    patterns = re.findall(r"location ~ (\S+)", text)
    missing = {"/slack/events", INSTALL, REDIRECT, "/healthz"} - set(exact)
    assert [path for path in missing if not any(re.match(pattern, path) for pattern in patterns)] == []


def test_workflows_use_actions_by_their_commit_and_packages_by_their_hashes_alone() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (GITHUB / "workflows").iterdir())
    used, installs = re.findall(r"uses: (\S+)", text), re.findall(r"^.*pip install.*$", text, re.MULTILINE)
    assert used
    assert installs
    assert [use for use in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", use)] == []
    assert [line for line in installs if not re.search(r"--require-hashes -r (\.github/)?requirements", line)] == []


TOLD = {  # in which line of the security page each table is told
    "ids of the workspace and of members": ("workspace", "member", "schedule"),
    "who is a coach admin, and who leads a team": ("coach_admin", "lead"),
    "the role, how far somebody is with AI and whether small versions come first, marked skills": (
        "skill_mark", "skill_history", "tip_given", "practice", "situation", "quiz", "still", "plan",
        "lab_solved", "project", "showing",
    ),
    "tokens of assistants": ("assistant_token",),
    "text that a member typed": ("entry", "suggestion"),
    "the text of a challenge": ("challenge",),
    "weekly figures": ("snapshot", "tip_set_aside", "team"),
    "which team a member is in": ("team_member", "lead"),
    "the answer to a direct message": ("delivery",),
    "what was sent": ("delivery",),
    "what admins did": ("audit",),
    "about an installation": ("installation",),
    "the hash of the state": ("used_state",),
    "ids of Slack's events": ("event_seen",),
    "a keyed hash": ("tombstone",),
}  # fmt: skip
ABOUT_NOBODY = {"heartbeat"}


def test_the_security_page_tells_of_every_table_and_scope_and_the_real_times() -> None:
    assert set(re.findall(r"^\| `([a-z.:_]+)`", SECURITY, re.MULTILINE)) == {*SCOPES, *OPTIONAL_SCOPES}
    stored = SECURITY.partition("## What it stores")[2].partition("## Where data goes")[0]
    assert [line for line in TOLD if line not in stored] == []
    assert ABOUT_NOBODY | {table for tables in TOLD.values() for table in tables} == set(metadata.tables)
    days = Retention()
    assert (days.departed, days.deliveries, days.audit) == tuple(timedelta(days=each) for each in (30, 90, 400))
    times = (MAX_LATE, REDELIVERED_WITHIN, DRAFTS_WAIT)
    assert times == tuple(timedelta(days=each) for each in (1, 1, 7))
    assert {membership.REPLAYED_WITHIN, STATE_LIFE} == {timedelta(minutes=10)}


def test_the_pages_name_tests_and_settings_that_exist() -> None:
    pages = SECURITY + (GITHUB / "DEPLOY.md").read_text(encoding="utf-8")
    assert [path for path in re.findall(r"`(tests/[\w/]+\.py)`", pages) if not (ROOT / path).exists()] == []
    assert set(re.findall(r"ROLESHIFT_[A-Z_]+", pages)) - set(variables()) == set()


def test_a_stop_is_over_before_the_operators_files_end_it_by_force() -> None:
    """Tests of real stops wait longer, as a machine may be slow."""
    assert app.HTTP_GRACE + app.DRAIN + app.LAST_REPLIES < STOPS_WITHIN
    files = [path.read_text(encoding="utf-8") for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.yaml"))]
    graces = [int(grace) for text in files for grace in GRACE.findall(text)]
    assert len(graces) == 4
    assert min(graces) > STOPS_WITHIN
