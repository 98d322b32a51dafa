"""Every screen in every situation that makes it look different, by the name of its golden file."""

from collections.abc import Callable, Iterator

from bot.core.catalog import Catalog
from bot.core.errors import NextStep, NotAdmin, NothingChanged, Unclear, UserError
from bot.core.member import MemberKey
from bot.slack import home, privacy, role, sorry
from bot.slack.message import Block, Message
from tests.slack.screens.ask import about_coach_this, about_questions
from tests.slack.screens.audit import about_the_audit
from tests.slack.screens.challenges import about_challenges
from tests.slack.screens.checks import about_checks
from tests.slack.screens.desk import about_admins, about_introductions, about_the_desk
from tests.slack.screens.did import about_did, about_milestones
from tests.slack.screens.homes import about_coach_me, about_home, about_the_week
from tests.slack.screens.practice import about_blocked_tips, about_what_a_member_has
from tests.slack.screens.privacy import about_my_data
from tests.slack.screens.progress import about_progress, about_the_record
from tests.slack.screens.roles import about_roles
from tests.slack.screens.skills import about_picking, about_showing, about_skills
from tests.slack.screens.tips import about_plans, about_tips, about_weekly_tips

WHO = MemberKey("T1", "U1")

Screen = Message | Block  # a message; a modal, or a Home


def situations(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield every screen with any catalogue that has the slugs of the small one."""
    yield from about_roles(catalog)
    yield from about_skills(catalog)
    yield from about_progress(catalog)
    yield from about_tips(catalog)
    yield from about_plans(catalog)
    yield from about_blocked_tips(catalog)
    yield from about_what_a_member_has(catalog)
    yield from about_weekly_tips()
    yield from about_checks(catalog)
    yield from about_the_desk(catalog)
    yield from about_admins()
    yield from about_introductions()
    yield from about_challenges(catalog)
    yield from about_the_record(catalog)
    yield from about_did(catalog)
    yield from about_showing(catalog)
    yield from about_milestones(catalog)
    yield from about_picking(catalog)
    yield from _about_choices(catalog)
    yield from about_questions(catalog)
    yield from about_home(catalog)
    yield from about_the_week(catalog)
    yield from about_coach_me(catalog)
    yield from about_coach_this(catalog)
    yield from about_my_data(catalog)
    yield from about_the_audit()
    yield from _without_content()
    yield "themes", role.theme_list(catalog)
    yield "theme", role.theme_card(catalog, next(iter(catalog.themes.values())))


def _without_content() -> Iterator[tuple[str, Screen]]:
    yield "help", home.HELP
    yield "privacy", privacy.KEPT
    yield "privacy-in-full", privacy.IN_FULL
    yield "forget-asked", privacy.ASK
    yield "forgotten", privacy.forgotten({"member": 1})
    yield "forgotten-nothing", privacy.forgotten({})
    yield "sorry-refused", sorry.refused(NothingChanged(), NextStep("", "learn", "token-costs"))
    yield "sorry-not-an-admin", sorry.refused(NotAdmin("start a challenge"))
    yield (
        "sorry-unknown-verb",
        sorry.refused(sorry.unknown_verb("`learnd`", NextStep("Mark a skill as learned", "learn"))),
    )
    yield "sorry-broken", sorry.broken("k3f9qa")
    yield "sorry-late", sorry.late(NextStep("", "learn", "token costs"))
    yield "sorry-late-in-a-modal", sorry.LATE_MODAL
    yield "sorry-gone", sorry.GONE
    yield "sorry-in-a-form", sorry.modal(sorry.OUTDATED_FORM)
    yield "sorry-in-a-form-with-a-next-step", sorry.modal(Message("No."), (NextStep("Who are they?", "admins"),))


def _about_choices(catalog: Catalog) -> Iterator[tuple[str, Screen]]:
    """Yield the refusals of words that were missing, unknown or unclear, with their menus and buttons."""
    yield (
        "sorry-unknown-role",
        sorry.refused(_unclear(catalog.role_named, "juggler"), NextStep("", "myrole", "juggler")),
    )
    yield (
        "sorry-several-roles",
        sorry.refused(_unclear(catalog.role_named, "engineer"), NextStep("", "role", "engineer")),
    )
    yield "sorry-unknown-skill", sorry.refused(_unclear(catalog.skill_named, "juggling"), NextStep("", "learn"))
    yield "sorry-no-theme", sorry.refused(_unclear(catalog.theme_named, ""), NextStep("", "theme"))


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
