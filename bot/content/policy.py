"""Read the `policy.yaml` of a pack, and check it against the catalogue."""

from pydantic import ValidationError

from bot.content.packs import Raw
from bot.content.read import Mistake, Where, mistakes_in
from bot.core.catalog import Catalog
from bot.core.matching import plain
from bot.core.policy import DataClass, Policy, Tool


def policy_in(raw: Raw | None, mistakes: list[Mistake]) -> Policy | None:
    """Return what the team allows; None if no pack says that, or if its file holds mistakes, which are added."""
    if raw is None:
        return None
    try:
        return Policy.model_validate(raw.data)
    except ValidationError as error:
        mistakes += mistakes_in(error, raw.places)
        return None


def check_policy(catalog: Catalog, raw: Raw | None, mistakes: list[Mistake]) -> None:
    """Report unknown tools and needs, names that mean two things, and skills of which no tip is left."""
    policy = catalog.policy
    if policy is None or raw is None:
        return
    found = [*_doubled(policy), *_unknown(policy, catalog), *_emptied(policy, catalog)]
    mistakes += [raw.places.mistake(where, text) for where, text in found]


def _doubled(policy: Policy) -> list[tuple[Where, str]]:
    listed: list[tuple[Where, Tool | DataClass]] = [
        *((("tools", index), tool) for index, tool in enumerate(policy.tools)),
        *((("data", index), data) for index, data in enumerate(policy.data)),
    ]
    named = [(where, name) for where, entry in listed for name in (entry.id, entry.name, *entry.aliases)]
    owners: dict[str, Where] = {}
    return [
        (where, f"the name {name!r} is taken")
        for where, name in named
        if owners.setdefault(plain(name), where) != where
    ]


def _unknown(policy: Policy, catalog: Catalog) -> list[tuple[Where, str]]:
    tools = {tool.id for tool in policy.tools}
    return [
        *(
            (("data", index, "may_go", number), f"unknown tool {tool!r}")
            for index, data in enumerate(policy.data)
            for number, tool in enumerate(data.may_go)
            if tool not in tools
        ),
        *(
            (("forbids", number), f"unknown need {need!r}")
            for number, need in enumerate(policy.forbids)
            if need not in catalog.needs
        ),
    ]


def _emptied(policy: Policy, catalog: Catalog) -> list[tuple[Where, str]]:
    forbidden = set(policy.forbids)
    return [
        (("forbids",), f"leaves no tip of the skill {skill.slug!r}")
        for skill in catalog.skills.values()
        if all(forbidden & set(tip.needs) for tip in skill.tips)
    ]
