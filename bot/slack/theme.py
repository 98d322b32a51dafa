"""The themes that matter in every role, the mottos, and how the boundaries between roles fade."""

from functools import lru_cache

from bot.core.catalog import Catalog
from bot.core.content_types import Theme
from bot.slack.blocks import actions, bullets, button, context, section
from bot.slack.message import Message, Rendered, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request

MAX_SKILLS = 7  # names in a card

HOW_ROLES_BLEND = "how-roles-blend"

noun = Noun()


@noun.verb("themes", "See what runs through every role: themes, mottos, and how roles blend.", for_all=True)
async def themes(request: Request, _words: str) -> Message:
    return theme_list(request.catalog)


@noun.verb("theme <theme>", "Open one theme.", for_all=True)
async def theme(request: Request, words: str) -> Message:
    return theme_card(request.catalog, request.catalog.theme_named(words))


@lru_cache(maxsize=8)
def theme_list(catalog: Catalog) -> Message:
    rows = [
        section(f"*{escape(theme.name)}*\n{escape(theme.in_short)}", button("Open", "theme", theme.slug))
        for theme in catalog.themes.values()
    ]
    mottos = "\n".join(f"{motto.emoji} {escape(motto.text)}" for motto in catalog.mottos)
    foot = actions(button("How roles blend", HOW_ROLES_BLEND))
    blocks = (section("*What runs through every role*"), *rows, section(f"*The three mottos*\n{mottos}"), foot)
    return Message(
        text=escape("Themes: " + ", ".join(theme.name for theme in catalog.themes.values())),
        blocks=[Rendered(block) for block in blocks],
    )


@noun.click(HOW_ROLES_BLEND, no_value)
async def how_roles_blend(request: Request, _: None) -> Message:
    return boundaries(request.catalog)


@lru_cache(maxsize=8)
def boundaries(catalog: Catalog) -> Message:
    blends = [
        section(f"*{escape(boundary.name)}*\n_{escape(boundary.intro)}_\n{bullets(boundary.lines)}")
        for boundary in catalog.boundaries
    ]
    back = actions(button("Back", "themes"), button("Compare roles", "roles"))
    return Message("How roles blend", [Rendered(block) for block in (*blends, back)])


@lru_cache(maxsize=64)
def theme_card(catalog: Catalog, theme: Theme) -> Message:
    mottos = [f"{motto.emoji} {escape(motto.text)}" for motto in catalog.mottos if motto.theme == theme.slug]
    of_theme = (skill for skill in catalog.skills.values() if skill.theme == theme.slug)
    skills = sorted(of_theme, key=lambda skill: skill.name.casefold())
    blocks = [section(f"*{escape(theme.name)}*\n{escape(theme.in_short)}\n{bullets(theme.lines)}")]
    if mottos:
        blocks.append(context("\n".join(mottos)))
    if skills:
        more = f"\n…and {len(skills) - MAX_SKILLS} more" if len(skills) > MAX_SKILLS else ""
        blocks.append(section(f"*Skills of this theme*\n{bullets(skill.name for skill in skills[:MAX_SKILLS])}{more}"))
    blocks.append(actions(button("All themes", "themes"), button("A tip now", "tip")))
    return Message(escape(theme.name), [Rendered(block) for block in blocks])
