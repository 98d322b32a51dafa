"""What is new on a member's path since they last looked."""

from collections.abc import Iterator, Sequence

from bot.coach.whatsnew import WhatsNew
from bot.core.content_types import Role
from bot.core.whatsnew import SkillNews
from bot.slack.message import Block, Message, Rendered, escape
from bot.slack.screens.blocks import actions, button, context, section
from bot.slack.screens.dates import day

MAX_SKILLS, MAX_NAMED = 10, 3


def shown(found: WhatsNew) -> Message:
    """Answer `/roleshift whatsnew`."""
    if found.news is None:
        said = "You have no role yet. Choose one, and I tell you what changes on its path."
        return Message(said, [section(said), actions(button("Choose my role", "myrole", style="primary"))])
    news, since = found.news, day(found.since, found.zone)
    if not news.skills and not news.reworded:
        said = f"Nothing is new for *{escape(news.role.name)}* since {since}."
        return Message(said, [section(said), actions(button("A tip now", "tip"), button("My role", "myrole"))])
    title = f"New for *{escape(news.role.name)}* since {since}"
    more = len(news.skills) - MAX_SKILLS
    return Message(
        title,
        [
            section(title),
            *([_of_role(news.role)] if news.reworded else ()),
            *map(_of_skill, news.skills[:MAX_SKILLS]),
            *([context(f"…and {more} more. `/roleshift skills` shows your whole path.")] if more > 0 else ()),
            actions(button("My role", "myrole"), button("All skills", "skills")),
        ],
    )


# In place of `line` once a click has drawn the weekly message again, which does not read the news anew.
STILL_NEW = Rendered(context("Something changed on your path. `/roleshift whatsnew` shows all changes."))


def line(news: Sequence[SkillNews]) -> Block:
    """Return the line of the weekly message in the week after a change."""
    new = [each for each in news if each.is_new]
    names = [f"*{escape(each.skill.name)}*" for each in new or news]
    what = "New on your path" if new else "Changed on your path"
    return context(f"{what}: {_listed(names)}. `/roleshift whatsnew` shows all changes.")


def _of_role(role: Role) -> Block:
    name = f"*{escape(role.name)} → {escape(role.becomes)}*"
    return section(f"{name}\nIts description changed.", _look("role", role.slug))


def _of_skill(news: SkillNews) -> Block:
    said = " ".join(_sentences(news))
    return section(f"*{escape(news.skill.name)}*\n{escape(said)}", _look("skill", news.skill.slug))


def _look(verb: str, slug: str) -> Block:
    return button("Look", verb, slug)


def _sentences(news: SkillNews) -> Iterator[str]:
    if news.is_new:
        yield f"New on your path, with {len(news.skill.tips)} tips."
        return
    if news.reworded:
        yield "Its description changed."
    yield from _named("New", "tip", [tip.title for tip in news.new_tips])
    yield from _named("Changed", "tip", [tip.title for tip in news.changed_tips])
    yield from _named("New", "challenge", [each.name for each in news.new_challenges])
    yield from _named("Changed", "challenge", [each.name for each in news.changed_challenges])


def _named(what: str, noun: str, names: Sequence[str]) -> Iterator[str]:
    if not names:
        return
    yield f"{what} {noun}{'s' if len(names) > 1 else ''}: {_listed(names)}."


def _listed(names: Sequence[str]) -> str:
    rest = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return f"{', '.join(names[:MAX_NAMED])}{rest}"
