"""A team challenge in its channel: the live message and the recap."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.coach.posts.challenges import Posting
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, MAX_SHOWN, Challenge, ChallengeState, Entry, Standing
from bot.slack.blocks import actions, button, day_for_all, divider, listed, moment_for_all, section, worded
from bot.slack.message import Block, Message, escape, literal

THIS_MONTH, OWN_PACE = "This month: ", "Each on their own work, at their own pace."  # of a team's project
TEAM_PROJECT = button("The team's project", "team", "project")
WHAT_WAS_SHOWN = button("What was shown", "team", "shown")
JOIN, DID, LEAVE, DETAILS = "join", "did-challenge", "leave", "details"  # the buttons in it
NOT_WHO = "I say how many are in, not who."
BUTTONS = "Below it: *I'm in*, *I did it* and *Details*."

Names = Mapping[str, str]  # the name of each member, by id


def live(posting: Posting) -> Message:
    """Return the message in the channel, which changes while members take part."""
    challenge, standing = posting.challenge, posting.standing
    if challenge.team_id is not None:
        title, is_open = f"{THIS_MONTH}{escape(challenge.title)}", challenge.state is ChallengeState.OPEN
        shown = [worded(shown_line(entry)) for entry in posting.lines[-MAX_SHOWN:]] if is_open else []
        begin = [button("Begin it", "project", challenge.template or "", style="primary")] if is_open else []
        about = task(challenge, title) if is_open else [worded(f"*{title}* · over")]
        lead = [section("*Shown so far*")] if shown else []
        return Message(title, [*about, *lead, *shown, actions(*begin, WHAT_WAS_SHOWN)])
    title = f"Team challenge: {escape(challenge.title)}"
    if challenge.state is not ChallengeState.OPEN:
        ended = "cancelled" if challenge.state is ChallengeState.CANCELLED else "closed"
        return Message(f"{title} ({ended})", [worded(f"*{title}* · {ended}"), section(_ended(challenge, standing))])
    is_first = standing.joined == 0
    buttons = actions(
        button("I'm in", JOIN, challenge.challenge_id, style="primary" if is_first else None),
        button("I did it", DID, challenge.challenge_id, style=None if is_first else "primary"),
        button("Details", DETAILS, challenge.challenge_id),
    )
    text = f"{title}, until {end_of(challenge)}"
    return Message(text, [*task(challenge, title), section(f"{progress(standing)} {NOT_WHO}"), buttons])


def project_recap(challenge: Challenge, lines: Sequence[Entry]) -> Message:
    """Return what was shown of a team's project, and who wants to go on: those who said so. It counts nobody."""
    text = f"Shown this month: {escape(challenge.title)}"
    going_on = [f"<@{entry.who.member_id}>" for entry in lines if entry.goes_on]
    on = [section(f"*Want to go on:* {listed(going_on)}")] if going_on else []
    shown = [worded(shown_line(entry)) for entry in lines[-MAX_SHOWN:]]
    shown = shown or [section("What was shown here was taken back.")]
    go_on = button("Go on with it", "project", challenge.template or "")
    return Message(text, [worded(f"*{text}*"), *shown, *on, actions(go_on, WHAT_WAS_SHOWN)])


def shown_line(entry: Entry) -> str:
    return f"> <@{entry.who.member_id}>: {literal(entry.line or '')}"


def recap(catalog: Catalog, posting: Posting, names: Names) -> Message:
    """Return the recap. It ranks nobody, and quotes only lines whose writers allowed it."""
    challenge = posting.challenge
    if challenge.team_id is not None:
        return project_recap(challenge, posting.lines)
    text = f"Recap: {escape(challenge.title)}"
    thanks = "Thank you to everybody who gave it a try."
    blocks = [worded(f"*{text}*\n{_ended(challenge, posting.standing)}\n{thanks}")]
    for entry in posting.lines:
        name, words = names.get(entry.who.member_id), literal(entry.line or "")
        blocks.append(worded(f"> *{escape(name)}*: {words}" if name else f"> {words}"))
    blocks.append(divider())
    if (skill := catalog.skills.get(challenge.skill or "")) is None:
        blocks.append(section("*Next* `/roleshift tip` gives you something to try on your own path."))
    else:
        blocks.append(section(f"*Next* Go on with *{escape(skill.name)}*. {escape(skill.why)}"))
        about = button("About this skill", "skill", skill.slug)
        blocks.append(actions(about, button("A tip for it", "tip", skill.slug)))
    return Message(text, blocks)


def unjoined(challenge: Challenge) -> Message:
    """Return the message to who started a challenge that nobody joined. Its channel gets no recap."""
    text = f"Your challenge has ended: {escape(challenge.title)}"
    said = f"Nobody joined, so I post no recap in <#{challenge.channel}>. Only you are told."
    again = button("Start another one", LIST.verb, "new")
    return Message(text, [worded(f"*{text}*\n{said}"), actions(again, back("All challenges"))])


def task(challenge: Challenge, title: str, status: str = "") -> list[Block]:
    """Return what to do, and how to know that it is done. `status`: until when, unless it says something else."""
    in_all = " in all" if challenge.team_id else ""
    minutes = f" About {challenge.minutes} minutes{in_all}." if challenge.minutes else ""
    until = status or f" · until {end_of(challenge)}"
    if challenge.team_id is not None:
        why = challenge.task
        goal = worded(f"*{title}*{until}\n_At the end:_ {literal(challenge.done_when)}")
        return [goal, *([worded(f"> {literal(why)}")] if why else []), section(f"{OWN_PACE}{minutes}")]
    return [
        worded(f"*{title}*{until}"),
        worded(f"{literal(challenge.task)}{minutes}"),
        worded(f"*Done when* {literal(challenge.done_when)}"),
    ]


def progress(standing: Standing) -> str:
    """Return how far the team is, such as `3 are in, 1 has done it.`."""
    if not standing.joined:
        return "Nobody yet."
    if standing.joined == 1:
        return "1 is in, and has done it." if standing.done else "1 is in."
    done = f", {standing.done} {'has' if standing.done == 1 else 'have'} done it" if standing.done else ""
    return f"{standing.joined} are in{done}."


def end_of(challenge: Challenge) -> str:
    """Return the moment at which a challenge ends; for a team's project, which takes a month, only the day."""
    return (day_for_all if challenge.team_id else moment_for_all)(challenge.ends_at)


def time_left(challenge: Challenge, now: datetime) -> str:
    """Return the time left, such as `3 days left`."""
    days = max((challenge.ends_at - now) // timedelta(days=1), 0)
    return f"{days} days left" if days > 1 else "1 day left" if days else "less than a day left"


def my_part(entry: Entry | None) -> str:
    return "" if entry is None else "You did it." if entry.done_at else "You're in."


def back(label: str = "Back") -> Block:
    return button(label, LIST.verb)


def _ended(challenge: Challenge, standing: Standing) -> str:
    if challenge.state is ChallengeState.CANCELLED:
        return "It was cancelled. What you did still counts for you: `/roleshift learn` marks a skill."
    if not standing.joined:
        return "It is over."
    joined = "The one who joined" if standing.joined == 1 else f"{standing.done} of the {standing.joined} who joined"
    return f"{joined} did it." if standing.done or standing.joined > 1 else f"{joined} has not done it."
