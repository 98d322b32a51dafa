"""What several screens of a challenge show: its task, its time and how far the team is."""

import re
from datetime import datetime

from bot.core.challenges import Challenge, Standing, days_left
from bot.slack.blocks import bar, worded
from bot.slack.dates import for_all
from bot.slack.message import Block, literal


def parse_id(value: str) -> str:
    """Return the challenge's id that a button or a form carries. Raise ValueError for anything else."""
    if re.fullmatch(r"[0-9a-f]{16}", value) is None:
        raise ValueError
    return value


def task(challenge: Challenge, title: str) -> list[Block]:
    """Return what to do, until when, and how to know that it is done. `title` is mrkdwn."""
    minutes = f" About {challenge.minutes} minutes." if challenge.minutes else ""
    return [
        worded(f"*{title}* · until {for_all(challenge.ends_at)}"),
        worded(f"{literal(challenge.task)}{minutes}"),
        worded(f"*Done when* {literal(challenge.done_when)}"),
    ]


def progress(challenge: Challenge, standing: Standing) -> str:
    """Return how far the team is, such as `3 are in, 1 has done it.`; with a bar only if there is a goal."""
    goal = challenge.goal
    if not standing.joined:
        return f"Be the first. Goal: {_people(goal)}." if goal else "Be the first."
    if goal:
        return f"{bar(min(standing.done, goal), goal)} {standing.done} of {goal} · {_are_in(standing)}."
    if not standing.done:
        return f"{_are_in(standing)}."
    if standing.joined == 1:
        return "1 is in, and has done it."
    return f"{_are_in(standing)}, {standing.done} {'has' if standing.done == 1 else 'have'} done it."


def time_left(challenge: Challenge, now: datetime) -> str:
    """Return the time left, such as `3 days left`."""
    days = days_left(challenge, now)
    return f"{days} days left" if days > 1 else "1 day left" if days else "less than a day left"


def _are_in(standing: Standing) -> str:
    return f"{standing.joined} {'is' if standing.joined == 1 else 'are'} in"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
