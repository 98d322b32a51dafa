"""A team challenge as its channel sees it: the live message, lines in its thread, the recap; and its details."""

from collections.abc import Mapping
from datetime import datetime

from bot.coach.entries import Taken
from bot.coach.posts.challenges import Posting
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, ChallengeState, Entry, Sharing, Standing, days_left
from bot.slack.message import Block, Message, escape, literal
from bot.slack.screens.blocks import actions, bar, button, context, divider, section, worded
from bot.slack.screens.dates import for_all

JOIN, DID, DETAILS, LEAVE, UNDO, LINE, ORGANISER, LINES = (
    "join", "did", "details", "leave", "undo", "line", "organiser-lines", "pick-lines",
)  # fmt: skip

CHOOSE_QUOTES = (
    "It ends today, and you have chosen no quotes. Unless you do, its recap quotes the first lines shared by name, "
    "three at most."
)
Names = Mapping[str, str]  # what a member is called, by id


def live(one: Challenge, standing: Standing) -> Message:
    """The one message in the channel, which changes as the team gets on."""
    title = f"Team challenge: {escape(one.title)}"
    if one.state is not ChallengeState.OPEN:
        ended = "cancelled" if one.state is ChallengeState.CANCELLED else "closed"
        return Message(f"{title} ({ended})", [worded(f"*{title}* · {ended}"), section(_ended(one, standing))])
    first = standing.joined == 0
    buttons = actions(
        button("I'm in", JOIN, one.challenge_id, style="primary" if first else None),
        button("I did it", DID, one.challenge_id, style=None if first else "primary"),
        button("Details", DETAILS, one.challenge_id),
    )
    text = f"{title}, until {for_all(one.ends_at)}"
    return Message(text, [*_task(one, title), section(progress(one, standing)), buttons])


def preview(one: Challenge) -> list[Block]:
    """The live message before it is posted, with nothing to press."""
    return [*_task(one, f"Team challenge: {escape(one.title)}"), section(progress(one, Standing()))]


def progress(one: Challenge, standing: Standing) -> str:
    """Return how far the team is, such as `3 are in, 1 has done it.`; a bar only where there is a goal to reach."""
    if not standing.joined:
        return f"Be the first. Goal: {_people(one.goal)}." if one.goal else "Be the first."
    if one.goal:
        return f"{bar(min(standing.done, one.goal), one.goal)} {standing.done} of {one.goal} · {_are_in(standing)}."
    if not standing.done:
        return f"{_are_in(standing)}."
    if standing.joined == 1:
        return "1 is in, and has done it."
    return f"{_are_in(standing)}, {standing.done} {'has' if standing.done == 1 else 'have'} done it."


def time_left(one: Challenge, now: datetime) -> str:
    """`3 days left`."""
    days = days_left(one, now)
    return f"{days} days left" if days > 1 else "1 day left" if days else "less than a day left"


def last_call(one: Challenge) -> Message:
    """Two days before the end, to whoever joined and has not done it."""
    text = f"Still open for you: {escape(one.title)}"
    buttons_ = actions(
        button("I did it", DID, one.challenge_id, style="primary"),
        button("Details", DETAILS, one.challenge_id),
        button("I'm out", LEAVE, one.challenge_id),
    )
    why = context("You get this once, because you joined and said yes to direct messages.")
    return Message(text, [*_task(one, text), buttons_, why])


def line(posting: Posting, names: Names) -> Message:
    """What a member wrote, in the thread."""
    assert posting.entry is not None  # noqa: S101 - a line has an entry
    return Message(quote(posting.entry, names), [worded(quote(posting.entry, names))])


def recap(catalog: Catalog, posting: Posting, names: Names) -> Message:
    """What came of it; nobody is ranked, and only lines are quoted that their writers allowed: see `recap_lines`."""
    one = posting.challenge
    text = f"Recap: {escape(one.title)}"
    lines = [worded(f"> {quote(entry, names)}") for entry in posting.lines]
    thanks = "Thank you to everybody who gave it a try." if posting.standing.joined else ""
    said = f"*{text}*\n{_ended(one, posting.standing)} {thanks}".rstrip()
    return Message(text, [worded(said), *lines, *_next_step(catalog, one)])


def details(catalog: Catalog, taken: Taken, now: datetime, *, organises: bool = False) -> Message:
    """Return all there is to know, for one reader; `organises`: they started it."""
    one = taken.challenge
    skill = catalog.skills.get(one.skill or "")
    about = [f"It practises *{escape(skill.name)}*. {escape(skill.why)}"] if skill else []
    by = [f"Started by <@{one.started_by}>."] if one.started_by else []
    blocks = [*_task(one, escape(one.title)), context(" ".join([*about, *by]) or "A challenge for the whole team.")]
    mine_too = [actions(organiser_button(one))] if organises else []
    if not one.is_on(now):
        return Message(escape(one.title), [*blocks, section("It is not open now."), *mine_too])
    here = [section(mine(taken.entry)), actions(*buttons(one, taken.entry))]
    return Message(escape(one.title), [*blocks, *here, *mine_too])


def organiser_button(one: Challenge) -> Block:
    """Return the button that shows the organiser what is for them alone."""
    return button("Lines only for me", ORGANISER, one.challenge_id)


def quotes_reminder(one: Challenge) -> list[Block]:
    """Return the reminder for the organiser to choose the recap's quotes."""
    return [section(CHOOSE_QUOTES), actions(button("Choose quotes", LINES, one.challenge_id))]


def mine(entry: Entry | None) -> str:
    """Where a reader stands."""
    if entry is None:
        return "You are not in."
    return "You did it." if entry.done_at else "You're in."


def buttons(one: Challenge, entry: Entry | None) -> list[Block]:
    """What a reader can do now, both ways back included."""
    key = one.challenge_id
    if entry is None:
        return [button("I'm in", JOIN, key), button("I did it", DID, key, style="primary")]
    if entry.done_at is None:
        return [button("I did it", DID, key, style="primary"), button("I'm out", LEAVE, key)]
    label = "Change what I shared" if entry.line else "Share what you learned"
    add = [button(label, LINE, key)] if one.question else []
    return [*add, button("Not done after all", UNDO, key), button("I'm out", LEAVE, key)]


def quote(entry: Entry, names: Names) -> str:
    """`Emil: Twenty answers, two got worse.`; without the name where its writer wanted that."""
    name = names.get(entry.who.member_id) if entry.sharing is Sharing.NAMED else None
    words = literal(entry.line or "")
    return f"*{escape(name)}*: {words}" if name else words


def _task(one: Challenge, title: str) -> list[Block]:
    minutes = f" About {one.minutes} minutes." if one.minutes else ""
    return [
        worded(f"*{title}* · until {for_all(one.ends_at)}"),
        worded(f"{literal(one.task)}{minutes}"),
        worded(f"*Done when* {literal(one.done_when)}"),
    ]


def _are_in(standing: Standing) -> str:
    return f"{standing.joined} {'is' if standing.joined == 1 else 'are'} in"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _ended(one: Challenge, standing: Standing) -> str:
    if one.state is ChallengeState.CANCELLED:
        return "It was called off. What you did still counts for you: `/roleshift learn` marks a skill."
    if not standing.joined:
        return "Nobody joined this time."
    joined = "The one who joined" if standing.joined == 1 else f"{standing.done} of the {standing.joined} who joined"
    did = f"{joined} did it" if standing.done or standing.joined > 1 else f"{joined} has not done it"
    if not one.goal:
        return f"{did}."
    reached = f"the goal of {one.goal} is reached" if standing.done >= one.goal else f"the goal was {one.goal}"
    return f"{bar(min(standing.done, one.goal), one.goal)} {did}; {reached}."


def _next_step(catalog: Catalog, one: Challenge) -> list[Block]:
    skill = catalog.skills.get(one.skill or "")
    if skill is None:
        return [divider(), section("*Next* `/roleshift tip` gives you something to try on your own path.")]
    return [
        divider(),
        section(f"*Next* Go on with *{escape(skill.name)}*. {escape(skill.why)}"),
        actions(button("About this skill", "skill", skill.slug), button("A tip for it", "tip", skill.slug)),
    ]
