"""All roles: as a list, and as a menu to choose from."""

from contextlib import suppress
from functools import lru_cache

from bot.core.catalog import Catalog
from bot.core.content_types import Role
from bot.core.errors import NothingChanged, Unclear
from bot.slack.blocks import actions, button, context, menu, section
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.request import Request

CHANGE = "change-role"


@lru_cache(maxsize=8)
def every(catalog: Catalog) -> Message:
    """Answer `/roleshift roles`: how each role changes."""
    rows = [
        section(
            f"*{escape(role.name)} → {escape(role.becomes)}*\n_Was_ {escape(role.before)}\n_Now_ {escape(role.after)}",
            button("Look", "role", role.slug),
        )
        for role in catalog.roles.values()
    ]
    head = section("*Role transformations*\nHow each role changes, and what it becomes.")
    foot = actions(_menu(catalog), button("How roles blend", "themes"))
    return Message(
        text=escape("Roles: " + ", ".join(f"{role.name} → {role.becomes}" for role in catalog.roles.values())),
        blocks=[Rendered(block) for block in (head, *rows, foot)],
    )


@lru_cache(maxsize=8)
def picker(catalog: Catalog) -> Message:
    """Ask for the reader's role."""
    return Message(
        text="Which role is yours? Pick the nearest one.",
        blocks=[
            Rendered(section("*Which role is yours?*\nPick the nearest; you can change it at any time.")),
            Rendered(actions(_menu(catalog), button("Compare roles", "roles"))),
            Rendered(context("Or type your job title: `/roleshift myrole sr devops`")),
        ],
    )


def offered(catalog: Catalog, role: Role) -> Message:
    """Offer the role that fits the reader's title in Slack, above all others."""
    pick = picker(catalog)
    question = f"*Is {escape(role.name)} your role?* It fits your title in Slack."
    yes = actions(button(f"Yes, {role.name}", "myrole", role.slug, style="primary"))
    other = section("*Another one?* Pick the nearest; you can change it at any time.")
    return Message(pick.text, [section(question), yes, other, *(pick.blocks or ())[1:]])


async def pick(request: Request) -> Message:
    """Ask for the reader's role. Offer the role that fits their title in Slack, if exactly one does."""
    with suppress(NothingChanged, Unclear):
        profile = await request.services.people.directory(request.who.workspace_id).profile(request.who.member_id)
        role = request.catalog.role_named(profile.title or "")
        if not role.catch_all:
            return offered(request.catalog, role)
    return picker(request.catalog)


async def change(request: Request, _: None) -> Message:
    """Ask for the reader's role again."""
    return picker(request.catalog)


def _menu(catalog: Catalog) -> Block:
    return menu("Choose your role", "myrole", ((role.choice, role.slug) for role in catalog.roles.values()))
