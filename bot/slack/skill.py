"""Skills: see one, list them, mark one as learned, and take that back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bot.coach import learning
from bot.coach.act import Act
from bot.core.content_types import Skill
from bot.core.practice import Stage
from bot.slack import blocks, role
from bot.slack.blocks import actions, bullets, button, code_block, columns, context, menu, overflow, saying, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.tip import clicks, tips

SOURCES = "sources"  # the button *Where this is from*
MORE = "skill-in-full"
MAX_ROWS = 10  # names in a list; the menu has the others

noun = Noun()


async def _mark(request: Request, words: str, *, learns: bool) -> Message:
    if not words:
        return pick_for("learn" if learns else "unlearn", await request.read(learning.skills, None))
    wanted, then = request.catalog.skill_named(words), learned if learns else unlearned
    return await request.write(partial(learning.mark, learned=learns), wanted, then=then)


noun.verb("learn <skill>", "Mark a skill as learned.", ("learned",), on_home=True)(partial(_mark, learns=True))
noun.verb("unlearn <skill>", "Take a mark back.", on_home=True)(partial(_mark, learns=False))


@noun.verb("skills [role]", "List the skills on your path, or on any role's.")
async def skills(request: Request, words: str) -> Message:
    of_role = request.catalog.role_named(words) if words else None
    return skill_list(await request.read(learning.skills, of_role), with_score=not await request.is_guest())


@noun.verb("skill <skill>", "See why a skill matters and how to practise it.")
async def skill(request: Request, words: str) -> Message:
    if not words:
        return pick_for("skill", await request.read(learning.skills, None))
    catalog, record = request.catalog, await request.read(Act.read)
    wanted, with_score = catalog.skill_named(words), not await request.is_guest()
    done = sum(catalog.skill_of(step.tip) == wanted for step in record.done)
    return skill_card(wanted, record.stage(catalog, wanted), done, with_score=with_score)


@noun.click(clicks.ABOUT_SKILL, str)
async def about(request: Request, slug: str) -> Message:
    return replace(await skill(request, slug), replaces=False)


async def _show(draw: Callable[[Skill], Message], request: Request, slug: str) -> Message:
    return draw(request.catalog.skill_named(slug))


def skill_card(skill: Skill, stage: Stage = Stage.OPEN, done: int = 0, *, with_score: bool = True) -> Message:
    """Return a skill, and how far its reader is: `done` tips and steps of it are done."""
    stages = {
        Stage.OPEN: "Not practised yet: do one of its tips.",
        Stage.PRACTISED: f"Practised: you did {done} of its tips.",
        Stage.LEARNED: f"Learned: you marked it. You did {done} of its tips.",
        Stage.KEPT: f"Kept: still in use, or checked after 1 and 4 weeks. You did {done} of its tips.",
    }
    others = button("More", MORE, skill.slug), button("All skills", "skills")
    tip, mark = button("A tip for it", "tip", skill.slug, style="primary"), ("Mark as learned", "learn", skill.slug)
    if stage is Stage.OPEN:
        buttons = actions(tip, *others, overflow(mark))
    elif stage is Stage.PRACTISED:
        buttons = actions(tip, button(*mark), *others)
    else:
        undo = button("Undo: not learned yet", "unlearn", skill.slug)
        buttons = actions(undo, button("A tip for it", "tip", skill.slug), *others)
    blocks = [
        section(f"*{escape(skill.name)}*\n{escape(skill.why)}"),
        section(f"*Start here*\n{escape(skill.first_exercise)}"),
        *([context(stages[stage])] if with_score else []),
        buttons,
    ]
    return Message(escape(skill.name), blocks)


def skill_template(skill: Skill) -> Message:
    back = actions(button("About this skill", "skill", skill.slug), button("A tip for it", "tip", skill.slug))
    titled = (("Copy this and fill it in", skill.template), ("A worked example", skill.example))
    copied = [code_block(text, f"*{title}*") for title, text in titled if text]
    return Message(escape(skill.name), [section(f"*{escape(skill.name)}*"), *copied, back])


def skill_sources(skill: Skill) -> Message:
    title = f"{escape(skill.name)}: where this is from"
    blocks = [section(f"*{title}*")]
    for source in skill.sources:
        link, read_on = f"<{escape(source.url)}|{escape(source.title)}>", source.read_on
        said = f"• {link}, {escape(source.by)}, {escape(source.licence)}, read {read_on.day} {read_on:%B %Y}"
        blocks.append(section(said))
    return Message(title, [*blocks, actions(button("About this skill", "skill", skill.slug))])


def skill_in_full(skill: Skill) -> Message:
    looks = skill.looks_like
    blocks = [
        section(f"*{escape(skill.name)}*"),
        columns(
            f"*You know it when*\n{escape(looks.aware)}",
            f"*You work with it when*\n{escape(looks.working)}",
            f"*You teach it when*\n{escape(looks.teaching)}",
            f"*What goes wrong*\n{bullets(skill.mistakes)}",
        ),
    ]
    if skill.source_line and skill.source_line != skill.name:
        blocks.append(context(f"In the new job description: _{escape(skill.source_line)}_"))
    copied = [button("Template and example", clicks.TEMPLATE, skill.slug)] if skill.template or skill.example else []
    copied += [button("Where this is from", SOURCES, skill.slug)] if skill.sources else []
    blocks.append(actions(*copied, button("Back", "skill", skill.slug)))
    return Message(escape(skill.name), blocks)


def skill_list(found: learning.SkillList, *, with_score: bool = True) -> Message:
    done, count = sum(skill.slug in found.learned for skill in found.skills), len(found.skills)
    of = f"on the path to {found.role.becomes}" if found.role else "in all"
    title = escape(f"Skills {of}: {f'{done} of {count} learned' if with_score else count}")
    lines = [f"• {escape(skill.name)}{', learned' * (skill.slug in found.learned)}" for skill in found.skills]
    listed = section(f"*{title}*\n{blocks.above_menu(lines, MAX_ROWS)}")
    opens = menu("Open a skill", "skill", ((skill.name, skill.slug) for skill in found.skills))
    mark, progress = button("Mark as learned", "learn"), button("My progress", "progress")
    back = button("Back", "role", found.role.slug) if found.role else button("Compare roles", "roles")
    asked = tips.question(found.schedule) if found.role else ()
    return Message(title, [listed, actions(opens, mark, progress, back), *asked])


def learned(marked: learning.Marked) -> Message:
    name, path, progress = escape(marked.skill.name), marked.path, button("My progress", "progress")
    said = f"Done: *{name}*."
    if not marked.new and marked.at is not None:
        said = f"You already marked *{name}* as learned on {blocks.day(marked.at, marked.zone)}. Count unchanged."
    if path is None:
        following = button("Choose my role", "myrole")
    elif path.ahead:
        following = button("How?", "skill", path.upcoming[0].slug)
    else:
        following = button("Compare roles", "roles")
    of = f" {path.tally.done} of {path.tally.total}." if path else ""
    return _marked(marked, said, of, following, progress, overflow(("Undo", "unlearn", marked.skill.slug)))


def unlearned(unmarked: learning.Marked) -> Message:
    became = "is no longer marked as learned." if unmarked.new else "was not marked as learned. Nothing changed."
    said = f"*{escape(unmarked.skill.name)}* {became}"
    redo = button("Mark as learned", "learn", unmarked.skill.slug)
    return _marked(unmarked, said, "", redo, button("My progress", "progress"))


def _marked(mark: learning.Marked, said: str, of: str, *buttons: Block) -> Message:
    path, asked = mark.path, tips.question(mark.schedule) if mark.path and mark.path.ahead else ()
    if path is None:
        standing = "Choose your role and I can show you what is next."
    elif path.upcoming:
        standing = f"{role.tally(path)}\nNext: *{escape(path.upcoming[0].name)}*."
    else:
        standing = role.path_finished(path)
    return Message(f"{said}{of}", [section(said), section(standing), actions(*buttons), *asked])


def pick_for(verb: str, found: learning.SkillList) -> Message:
    """Ask for the skill of a verb: `learn` is for those that are not learned yet, `unlearn` for those that are."""
    on_path, (question, none_left) = {skill.slug for skill in found.skills}, _PICKED[verb]
    skills = [*found.skills, *(skill for skill in found.catalog.skills.values() if skill.slug not in on_path)]
    if verb != "skill":
        skills = [skill for skill in skills if (skill.slug in found.learned) is (verb == "unlearn")]
        if not skills:
            return saying(none_left, _ALL_SKILLS, button("My progress", "progress"))
    opens = menu("Choose a skill", verb, ((skill.name, skill.slug) for skill in skills))
    return saying(question, opens, _ALL_SKILLS)


noun.click(clicks.TEMPLATE, str)(partial(_show, skill_template))
noun.click(MORE, str)(partial(_show, skill_in_full))
noun.click(SOURCES, str)(partial(_show, skill_sources))

_ALL_SKILLS = button("All skills", "skills")
_PICKED = {  # a verb → its question, and what is said if no skill is left for it
    "learn": ("Which skill have you learned?", "You have learned every skill there is."),
    "skill": ("Which skill do you want to see?", ""),
    "unlearn": ("Which skill do you want to unmark?", "You have not marked any skill as learned yet."),
}
