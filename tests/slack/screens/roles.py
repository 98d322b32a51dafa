"""Roles in every situation that makes them look different."""

from collections.abc import Iterator

from bot.coach.learning import MyRole, RoleSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Role
from bot.core.learning import meetings_of, path_of
from bot.core.member import Consent, Member, MemberKey, Schedule
from bot.core.next_tip import Learner, choose_tip
from bot.slack import role
from bot.slack.message import Message
from tests.slack.screens.tips import DUE, ZONE, schedule_off, schedule_on

WHO = MemberKey("T1", "U1")


def about_roles(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Yield roles, the member's own, and how one is chosen."""
    devops, software = catalog.roles.values()
    yield "roles", role.role_list(catalog)
    yield "role-picker", role.role_picker(catalog)
    yield "role-picker-with-an-offer", role.role_picker(catalog, devops)
    yield "role-nothing-learned", role.role_card(RoleSeen(path_of(catalog, devops, []), meetings_of(catalog, devops)))
    yield "role-with-four-lists", role.role_card(RoleSeen(path_of(catalog, software, []), ()))
    yield "role-path-finished", role.role_card(RoleSeen(path_of(catalog, devops, devops.skills), ()))
    yield "myrole-without-a-role", role.own_role(_my_role(catalog, None))
    yield (
        "myrole-midway-with-weekly-tips",
        role.own_role(_my_role(catalog, devops, "token-costs", practised=devops.skills[1:2], schedule=schedule_on())),
    )
    yield "myrole-paused", role.own_role(_my_role(catalog, devops, schedule=schedule_on(paused_until=DUE)))
    yield "myrole-after-not-now", role.own_role(_my_role(catalog, devops, schedule=schedule_off()))
    yield "myrole-chosen-for-the-first-time", role.chosen_role(_my_role(catalog, devops))
    everyone = devops.model_copy(
        update={"name": "Everyone", "origin": "extension", "catch_all": True, "less": ("All alone",)}
    )
    yield "myrole-chosen-by-whom-no-other-fits", role.chosen_role(_my_role(catalog, everyone))
    yield "role-of-ones-own", role.role_card(RoleSeen(path_of(catalog, software, []), (), is_mine=True))
    yield "myrole-chosen-again", role.chosen_role(_my_role(catalog, devops, *devops.skills))


def _my_role(
    catalog: Catalog, of: Role | None, *done: str, practised: tuple[str, ...] = (), schedule: Schedule | None = None
) -> MyRole:
    schedule = schedule or schedule_off(Consent.UNASKED)
    path = path_of(catalog, of, done, practised) if of else None
    lesson = choose_tip(catalog, Learner(of, learned=done)).lesson if of else None
    return MyRole(catalog, Member(WHO, of.slug if of else None, ZONE), path, schedule, lesson)
