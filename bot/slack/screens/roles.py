"""All roles: as a list, and as a menu to choose from."""

from functools import lru_cache

from bot.core.catalog import Catalog
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.request import Request
from bot.slack.screens.blocks import actions, button, context, menu, section

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


async def change(request: Request, _: None) -> Message:
    """Ask for the reader's role again."""
    return picker(request.catalog)


def _menu(catalog: Catalog) -> Block:
    return menu("Choose your role", "myrole", ((role.choice, role.slug) for role in catalog.roles.values()))
