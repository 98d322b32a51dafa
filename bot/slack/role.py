"""Roles: how one changes, the member's own, all of them, and the end of a path; themes that run through every role."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import attrgetter

from bot.coach.act import Act
from bot.coach.learning import MyRole, my_role, set_role
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Role
from bot.core.errors import NotCoached, NothingChanged, NotInstalled, Unclear
from bot.core.learning import Path, RoleLine, path_of
from bot.core.member import Consent, MemberKey
from bot.core.next_step import Place
from bot.core.projects import Step
from bot.core.rhythm import SHORT, Rhythm
from bot.slack.blocks import above_menu, actions, bullets, button, columns, context, day, menu, overflow, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request, from_content
from bot.slack.services import Services
from bot.slack.tip import tips

CHANGE = "change-role"
START = "start"  # on the member's role card, and in Home; its value is the id of the week's tip
IS_MINE = "is-my-role"  # an answer to the question for the role, whose place the role card takes
MY_SKILLS = "my-skills"  # practised, learned and kept ones, and what these words mean
HOW_ROLES_BLEND = "how-roles-blend"
WHAT_YOU_HAVE = ("What can you use?", "situation", "")  # an entry of a menu
COLUMNS = 2  # Slack draws fields two in a row
MAX_WORDS = 36  # of the lines on a role card
MAX_SKILLS = 7  # names in the card of a theme

noun = Noun()


@noun.verb("myrole [role]", "See how your own role changes, or set it: `myrole sr devops`.", on_home=True)
async def myrole(request: Request, words: str) -> Message:
    if not words:
        found = await request.read(my_role)
        if found.path:
            return own_role(found)
        if await request.is_guest():
            raise NotCoached
        return role_picker(request.catalog, await fitting(request.services, request.who))
    wanted = request.catalog.role_named(words)
    return await request.write(set_role, wanted, then=partial(own_role, is_chosen=True))


@noun.verb("role <role>", "Look at any role: was, now, and its skills.")
async def role(request: Request, words: str) -> Message:
    wanted, record = request.catalog.role_named(words), await request.read(Act.read)
    path = path_of(request.catalog, wanted, record.learned_at, record.practised(request.catalog))
    is_mine, with_score = record.member.role == wanted.slug, not await request.is_guest()
    return role_card(request.catalog, path, is_mine=is_mine, with_score=with_score)


@noun.click(IS_MINE, str, on_home=True)
async def is_mine(request: Request, slug: str) -> Message:
    return replace(await myrole(request, slug), replaces=True)


@noun.click(CHANGE, no_value)
async def change(request: Request, _: None) -> Message:
    picker = role_picker(request.catalog)
    return replace(picker, blocks=[*picker.blocks, actions(button("Back", "myrole"))])


async def fitting(services: Services, who: MemberKey) -> Role | None:
    """Return the role that fits somebody's title in Slack, if exactly one does."""
    with suppress(NothingChanged, NotInstalled, Unclear):
        profile = await services.people.directory(who.workspace_id).profile(who.member_id)
        found = services.catalog.role_named(profile.title or "")
        return None if found.catch_all else found
    return None


def own_role(found: MyRole, *, is_chosen: bool = False) -> Message:
    """Return the card of a member's role, or the question for one. `is_chosen`: they just chose it."""
    if found.path is None or found.lesson is None:
        return role_picker(found.catalog)
    role, schedule = found.path.role, found.schedule
    chosen = _FOR_EVERYONE if role.catch_all else "Your role now:"
    blocks = [
        *([section(chosen)] if is_chosen else []),
        in_short(role, found.lines, schedule.zone),
        what_is_next(found.lesson, found.place, schedule.rhythm, is_next=found.is_next),
        start_buttons(role, found.lesson, schedule.consent),
        *tips.coming(schedule),
    ]
    return Message(f"{chosen} {title(role)}" if is_chosen else title(role), blocks)


def in_short(role: Role, lines: tuple[RoleLine, ...], zone: str | None) -> Block:
    """Return what a role was and is, and its lines, proved ones first. What does not fit is in *My role in full*."""
    said = [f"*{title(role)}*", f"_Was_ {escape(role.before)} · _Now_ {escape(role.after)}"]
    fades = role.less or role.what_changed
    said += [f"_Less_ {escape(' · '.join(fades))}"] if fades else []
    words, waiting = len(" ".join(fades).split()), list[RoleLine]()
    for line in sorted(lines, key=lambda line: line.proof is None):
        words += len(line.text.split()) + (len(line.proof.project.keeps.name.split()) + 2 if line.proof else 0)
        if words > MAX_WORDS:
            break
        if line.proof is None:
            waiting.append(line)
            continue
        on = day(line.proof.at, zone).rpartition(" ")[0]  # without the year
        said.append(f"● {escape(line.text)}: _{escape(line.proof.project.keeps.name)}_, {on}")
    for heading, of_heading in groupby(waiting, key=attrgetter("heading")):
        said.append(f"_{heading}_ {' · '.join(f'○ {escape(line.text)}' for line in of_heading)}")
    return section("\n".join(said))


def what_is_next(lesson: Lesson, place: Place | None, rhythm: Rhythm, *, is_next: bool = False) -> Block:
    if place is not None:
        what = f"*Next: {escape(place.project.name)}* · step {place.number} of {place.of}"
    else:
        what = f"*{'Next' if is_next else 'This week'}: {escape(lesson.tip.title)}*"
    return section(f"{what} · {takes(lesson, rhythm)}")


def takes(lesson: Lesson, rhythm: Rhythm) -> str:
    """Return how long a step or tip takes. Of a step, and of what is too long for a member, five minutes come first."""
    minutes = lesson.tip.minutes
    if isinstance(lesson.tip, Step):
        return "five minutes"
    return f"the first five of {minutes} minutes" if rhythm.short and minutes > SHORT else f"{minutes} minutes"


def start_buttons(role: Role, lesson: Lesson, consent: Consent = Consent.UNASKED) -> Block:
    last = [("Weekly tips", "tips", "")]
    if consent is Consent.YES:
        last = [("Change day and time", tips.CHOOSE, ""), ("Stop weekly tips", "tips", "off")]
    more = overflow(("My skills", MY_SKILLS, ""), ("My progress", "progress", ""), WHAT_YOU_HAVE, *last)
    start = button("Start", START, lesson.tip.id, style="primary")
    return actions(start, button("My role in full", "role", role.slug), button("Not my role", CHANGE), more)


def role_card(catalog: Catalog, path: Path, *, is_mine: bool = False, with_score: bool = True) -> Message:
    role = path.role
    blocks = [section(f"*{title(role)}*\n_Was_ {escape(role.before)}\n_Now_ {escape(role.after)}")]
    for start in range(0, len(role.lists), COLUMNS):
        shown = role.lists[start : start + COLUMNS]
        names = ("What changed: less of this" if lines == role.what_changed else name for name, lines in shown)
        blocks.append(columns(*(f"*{name}*\n{bullets(lines)}" for name, (_, lines) in zip(names, shown, strict=True))))
    asks = ["*With whom they work more*"]
    for share in role.shares:
        other, about = catalog.roles[share.role], catalog.skills[share.skill]
        asks.append(f"• *{escape(other.name)}*, on {escape(about.name)}: _{escape(share.ask)}_")
    if role.shares:
        blocks.append(section("\n".join(asks)))
    mine, its_skills = button("This is my role", "myrole", role.slug), button("Its skills", "skills", role.slug)
    buttons = _MINE if is_mine else actions(mine, its_skills, button("Compare roles", "roles"))
    return Message(title(role), [*blocks, *([section(tally(path))] if with_score else []), buttons])


def title(role: Role) -> str:
    """Return the role's title, such as `DevOps Engineer → AI Platform Enabler`, escaped."""
    return escape(f"{role.name} → {role.becomes}")


def proved(lines: Collection[RoleLine]) -> str:
    """Return how much of a role its member proved, such as `2 of 8 role lines proved`."""
    return f"{sum(line.proof is not None for line in lines)} of {len(lines)} role lines proved"


def tally(path: Path) -> str:
    """Return how many skills of a path are learned and practised, such as `2 of 12 learned · 3 practised`."""
    practised = f" · {len(path.practised)} practised" if path.practised else ""
    return f"{path.tally.done} of {path.tally.total} learned{practised}"


def role_list(catalog: Catalog, _words: str = "") -> Message:
    lines = [f"{escape(role.name)} → *{escape(role.becomes)}*" for role in catalog.roles.values()]
    rows = [section("\n".join(["*Role transformations*", *lines]))]
    looks = _role_menu(catalog, "Look at a role", "role")
    foot = actions(looks, _role_menu(catalog, "Choose your role"), button("How roles blend", HOW_ROLES_BLEND))
    text = "Roles: " + ", ".join(f"{role.name} → {role.becomes}" for role in catalog.roles.values())
    return Message(escape(text), [*rows, foot])


def role_picker(catalog: Catalog, offer: Role | None = None) -> Message:
    return Message("Which role is yours?", which_role(catalog, offer))


def which_role(catalog: Catalog, offer: Role | None) -> tuple[Block, ...]:
    asked = "*Which role is yours?* Pick the nearest, or type your title: `/roleshift myrole sr devops`"
    choice = [_role_menu(catalog, "Choose your role", IS_MINE)]
    if offer is not None:
        asked = f"*Is {escape(offer.name)} your role?* It fits your title in Slack."
        yes = button("Yes", IS_MINE, offer.slug, style="primary")
        choice = [yes, _role_menu(catalog, "Another role", IS_MINE)]
    return section(asked), actions(*choice, button("Compare roles", "roles"))


def _role_menu(catalog: Catalog, label: str, verb: str = "myrole") -> Block:
    return menu(label, verb, ((role.choice, role.slug) for role in catalog.roles.values()))


def path_finished(path: Path) -> str:
    return f"*You learned every skill on the path to {escape(path.role.becomes)}.*"


_MINE = actions(button("Back", "myrole"), button("Change role", CHANGE))
_FOR_EVERYONE = "You are on the path for everyone now, whatever your job."


# What runs through every role.


def theme_list(catalog: Catalog, _words: str = "") -> Message:
    rows = [
        section(f"*{escape(theme.name)}*\n{escape(theme.in_short)}", button("Open", "theme", theme.slug))
        for theme in catalog.themes.values()
    ]
    mottos = "\n".join(f"{motto.emoji} {escape(motto.text)}" for motto in catalog.mottos)
    foot = actions(button("How roles blend", HOW_ROLES_BLEND))
    blocks = (section("*What runs through every role*"), *rows, section(f"*The three mottos*\n{mottos}"), foot)
    text = "Themes: " + ", ".join(theme.name for theme in catalog.themes.values())
    return Message(escape(text), blocks)


def how_roles_blend(catalog: Catalog, _: None) -> Message:
    blends = [
        section(f"*{escape(boundary.name)}*\n_{escape(boundary.intro)}_\n{bullets(boundary.lines)}")
        for boundary in catalog.boundaries
    ]
    back = actions(button("Back", "themes"), button("Compare roles", "roles"))
    return Message("How roles blend", [*blends, back])


def theme_card(catalog: Catalog, words: str) -> Message:
    theme = catalog.named("theme", catalog.themes, words)
    mottos = [f"{motto.emoji} {escape(motto.text)}" for motto in catalog.mottos if motto.theme == theme.slug]
    of_theme = (skill for skill in catalog.skills.values() if skill.theme == theme.slug)
    skills = sorted(of_theme, key=lambda skill: skill.name.casefold())
    blocks = [section(f"*{escape(theme.name)}*\n{escape(theme.in_short)}\n{bullets(theme.lines)}")]
    if mottos:
        blocks.append(context("\n".join(mottos)))
    opens = []
    if skills:
        names = [f"• {escape(skill.name)}" for skill in skills]
        blocks.append(section(f"*Skills of this theme*\n{above_menu(names, MAX_SKILLS)}"))
        opens = [menu("Open a skill", "skill", ((skill.name, skill.slug) for skill in skills))]
    blocks.append(actions(*opens, button("All themes", "themes"), button("A tip now", "tip")))
    return Message(escape(theme.name), blocks)


_THEMES = "See what runs through every role: themes, mottos, and how roles blend."
noun.verb("roles", "See how each role changes.", for_all=True)(partial(from_content, role_list))
noun.verb("themes", _THEMES, for_all=True)(partial(from_content, theme_list))
noun.verb("theme <theme>", "Open one theme.", for_all=True)(partial(from_content, theme_card))
noun.click(HOW_ROLES_BLEND, no_value)(partial(from_content, how_roles_blend))
