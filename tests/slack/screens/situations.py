"""Every screen in every situation that makes it look different, by the name of its golden file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from bot.coach.assistants import VALID
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, NotAdmin, NothingChanged, Unclear, UserError
from bot.core.member import AssistantToken, MemberKey
from bot.slack import app, connect, home, privacy, role, sorry
from bot.slack.message import Block, Message
from tests.slack.screens import ask, challenges, checks, desk, homes, labs, practice, progress, projects, skills, tips

Screen = Message | Block  # a message; a modal, or a Home
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def situations(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield every screen with any catalogue that has the slugs of the small one."""
    with_content: tuple[Callable[[Catalog], Iterator[tuple[str, Screen]]], ...] = (
        skills.about_roles, skills.about_skills, progress.about_progress, tips.about_tips, tips.about_plans,
        practice.about_blocked_tips, practice.about_what_members_say, checks.about_checks, desk.about_the_desk,
        challenges.about_challenges, challenges.about_team_projects, skills.about_showing, _about_choices,
        ask.about_questions, homes.about_home, homes.about_the_week, ask.about_coach_this, about_my_data,
        labs.about_labs, projects.about_projects,
    )  # fmt: skip
    for about in with_content:
        yield from about(catalog)
    yield from tips.about_weekly_tips()
    yield from desk.about_admins()
    yield from desk.about_introductions()
    yield from desk.about_the_audit()
    yield from _without_content()
    yield "themes", role.theme_list(catalog)
    yield "theme", role.theme_card(catalog, next(iter(catalog.themes)))


def _without_content() -> Iterator[tuple[str, Screen]]:
    yield "help", home.HELP
    yield "help-for-admins", home.HELP_FOR_ADMINS
    yield "help-for-leads", home.HELP_FOR_LEADS
    yield "help-for-guests", sorry.for_guest(home.HELP_FOR_GUESTS)
    yield "help-of-admins", home.help_of_admins(app.NOUNS.verbs, 30)
    yield "privacy", privacy.KEPT
    yield "connect-closed", connect.connected(None, [])
    tokens = [AssistantToken(label, NOW, NOW + VALID, "") for label in ("3f9a0c1d2e4b5a67", "77c0ffee77c0ffee")]
    yield "connect", connect.connected("https://coach.example.org", tokens)
    token = f"rsk-T01NORTHWIND.U02EMIL.3f9a0c1d2e4b5a67.{'x' * 43}"
    yield "connect-token", connect.made("https://coach.example.org/mcp", token).view
    yield "privacy-in-full", privacy.IN_FULL
    yield "forget-asked", privacy.ASK
    yield "forgotten", privacy.FORGOTTEN
    yield "sorry-refused", sorry.refused(NothingChanged(), NextStep("", "learn", "token-costs"))
    yield "sorry-not-an-admin", sorry.refused(NotAdmin("start a challenge"))
    yield "sorry-broken", sorry.broken("k3f9qa")
    yield "sorry-late", sorry.apology(sorry.Late(), NextStep("", "learn", "token costs"))
    yield "sorry-late-in-a-modal", sorry.LATE_MODAL
    yield "sorry-gone", sorry.GONE
    yield "sorry-in-a-form", sorry.modal(sorry.OUTDATED_FORM)
    yield "sorry-in-a-form-with-a-next-step", sorry.modal(Message("No."), (NextStep("Who are they?", "admins"),))


def _about_choices(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield the refusals of words that were missing, unknown or unclear, with their menus and buttons."""
    theme_named = partial(catalog.named, "theme", catalog.themes)
    for name, find, verb, typed in (
        ("unknown-role", catalog.role_named, "myrole", "juggler"),
        ("several-roles", catalog.role_named, "role", "engineer"),
        ("unknown-skill", catalog.skill_named, "learn", "juggling"),
        ("no-theme", theme_named, "theme", ""),
    ):
        yield f"sorry-{name}", sorry.refused(_unclear(find, typed), NextStep("", verb, typed))


def _unclear(find: Callable[[str], object], typed: str) -> UserError:
    try:
        find(typed)
    except Unclear as error:
        return error
    raise AssertionError(typed)


def on_surface(screen: Screen) -> tuple[Block, str]:
    if isinstance(screen, Message):
        return {"text": screen.text, **({"blocks": list(screen.blocks)} if screen.blocks else {})}, "message"
    return screen, screen["type"]


def about_my_data(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    role = next(iter(catalog.roles))
    yield "my-data", privacy.my_data(catalog, _export(role, consent="yes", marks=3))
    yield "my-data-little", privacy.my_data(catalog, _export(None, consent="asked", marks=1))
    yield "my-data-nothing", privacy.NOTHING
    yield "export-as-a-file", privacy.SENT


def _export(role: str | None, *, consent: str, marks: int) -> privacy.Export:
    key = {"workspace_id": "T1", "member_id": "U1"}
    skills = [
        {**key, "skill": f"a-skill-with-a-name-{number}", "learned_at": NOW.isoformat()} for number in range(marks)
    ]
    about: privacy.Tables = {
        "member": [{**key, "role": role, "zone": "Europe/Berlin"}],
        "skill_mark": skills,
        "schedule": [{**key, "consent": consent}],
        "plan": [],
    }
    naming: privacy.Tables = {"challenge": [{"workspace_id": "T1", "title": "A & B", "started_by": "U1"}]}
    return privacy.Export(MemberKey("T1", "U1"), NOW, about, naming)
