"""The admin's desk: figures to the nearest five, where help is needed, results, and what did not arrive."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.coach import team as desks
from bot.coach.team import Desk, Report, Result
from bot.core.challenges import ChallengeState
from bot.core.content_types import Need
from bot.core.errors import NextStep, UserError
from bot.core.member import Act
from bot.core.outbox import DeliveryState
from bot.core.questions import Unanswered
from bot.core.team import Checked, Covered, Ended, Known, Lacking, RoleGroup, Team
from bot.slack.blocks import (
    actions,
    bar,
    button,
    columns,
    context,
    day,
    header,
    lowered,
    moment_for_all,
    section,
    worded,
)
from bot.slack.challenge.entry import quotes_reminder
from bot.slack.challenge.start import START_ON_NEED
from bot.slack.message import Block, Message, Rendered, blocks_json, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.slack.team import charts as team_charts
from bot.slack.team import content as team_content
from bot.slack.team import settings
from bot.slack.team.charts import TOO_FEW

noun = Noun()

TRY_AGAIN = "try-again"
FEW = "fewer than five"
MAX_REASONS = 10
MAX_BLOCKS, MAX_JSON = 50, 11_000  # of the message; Slack counts more than the texts, and refuses about 13,000
LENGTHS = (10, 5, 3, 2, 1)  # of the desk's lists, the first that fits
ENDINGS = {
    DeliveryState.REFUSED: "Slack refused them",
    DeliveryState.MISSED: "Missed",
    DeliveryState.UNCONFIRMED: "Never confirmed",
}
MAX_LACKING = 5


@noun.verb(
    "team [export]",
    "See the team's desk: how far all are, where help is needed, settings; its figures as CSV; for admins.",
)
async def team(request: Request, words: str) -> Message:
    if words.casefold() == team_charts.EXPORT:
        await request.check_admin("export the team's figures")
        return await request.write_unmet(
            desks.read_desk, request.catalog, request.who, Act.DESK_EXPORTED, request.now, then=team_charts.exported
        )
    if words:
        raise UserError("Type `/roleshift team` or `/roleshift team export`.", NextStep("The team's desk", "team"))
    await request.check_admin("see the team's desk")
    trouble = team_content.trouble(request.services.content_library.packs)
    stale = team_content.stale(request.catalog, request.now.date())
    shown = partial(desk, trouble=[*trouble, *stale])
    return await request.write_unmet(
        desks.read_desk, request.catalog, request.who, Act.DESK_READ, request.now, then=shown
    )


@noun.click(TRY_AGAIN, no_value)
async def try_again(request: Request, _: None) -> Message:
    """Answer *Try again*: plan again the tips that Slack refused or that were missed, if they may still come."""
    await request.check_admin("try tips again")
    return await request.write(desks.try_again, request.who, request.now, then=tried_again)


def desk(found: Desk, trouble: Sequence[Block] = ()) -> Message:
    """Answer `/roleshift team`. `trouble`: what is wrong with the team's own content."""
    text = f"The team's desk: {_about(found.report.team.members)} members." if found.report else "The team's desk."
    plain, drawn = (Message(text, _fitting(found, trouble, charts=charts)) for charts in (False, True))
    return replace(drawn, without_charts=plain) if team_charts.have_chart(drawn) else plain


def _fitting(found: Desk, trouble: Sequence[Block], *, charts: bool) -> list[Block]:
    """Return the desk with lists as long as Slack's limits for a message allow."""
    for most in LENGTHS:
        blocks = _desk(found, trouble, most, charts=charts)
        if len(blocks) <= MAX_BLOCKS and len(blocks_json(blocks)) <= MAX_JSON:
            break
    return blocks


def _desk(found: Desk, trouble: Sequence[Block], most: int, *, charts: bool) -> list[Block]:
    report = found.report
    return [
        header("The team's desk"),
        *trouble,
        *(_figures(report, found.zone, most, charts=charts) if report else (_NO_FIGURES,)),
        *_results(found.results, most),
        *_undelivered(found.undelivered),
        *_unanswered(found.unanswered[:most]),
        *(() if most == LENGTHS[0] else (_SHORTENED,)),
        _BUTTONS,
        context(_as_of(report, found)),
    ]


def tried_again(may_come: int | None) -> Message:
    """Return the answer to *Try again*."""
    said = f"Tried again: {_about(may_come)} tips may still come, each at a decent hour before its week is over."
    left = "What Slack never confirmed may have arrived, so I leave it."
    return Message(said, [section(f"{said} {left}"), actions(button("The team's desk", "team"))])


def _figures(report: Report, zone: str | None, most: int, *, charts: bool) -> list[Block]:
    team = report.team
    if not team.top:
        return [section(f"*Members*\n{_about(team.members)}"), _TOO_SMALL]
    return [
        columns(
            f"*Members*\n{_about(team.members)}",
            f"*With a role*\n{_at_most(team.with_role, team, TOO_FEW)}",
            f"*With weekly tips*\n{_at_most(team.weekly, team)}",
            f"*Skills learned*\n{_about(team.learned, TOO_FEW)}{_growth(report, zone)}",
            f"*Tips done in a week*\n{_about(team.done, TOO_FEW)}",
            f"*Tips blocked in a week*\n{_about(team.blocked, TOO_FEW)}",
        ),
        *team_charts.by_week(report.weeks, zone, charts=charts),
        *_practice(team, most),
        section("*By path*\n" + "\n".join([*_paths(team), *_others(team)])),
        _ABOUT_BARS,
        *team_charts.by_theme(team, charts=charts),
        section("*Where help is needed*\nThe skills that the fewest know."),
        *(_needed(known, team) for known in team.needed[:most]),
    ]


def _about(count: int | None, few: str = FEW) -> str:
    return few if count is None else f"about {count}"


def _at_most(count: int | None, team: Team, few: str = FEW) -> str:
    """Return a figure about members. The largest that may be shown means "this many or more"."""
    return _about(count, few) + (" or more" if count is not None and count >= team.top else "")


def _growth(report: Report, zone: str | None) -> str:
    gained = report.team.gained
    if gained is None or report.since is None:
        return ""
    since = day(report.since, zone)
    return (
        f", about {abs(gained)} {'fewer' if gained < 0 else 'more'} than on {since}" if gained else f", as on {since}"
    )


def _paths(team: Team) -> list[str]:
    return [_path(path, group, team) for path, group in zip(team.paths, team.roles, strict=True)]


def _path(path: Covered, group: RoleGroup, team: Team) -> str:
    role = group.role
    return f"{_bar(path)} {escape(role.becomes)} ({escape(role.name)}: {_at_most(group.members, team, TOO_FEW)})"


def _others(team: Team) -> list[str]:
    return (
        [] if team.other_roles is None else [f"In the roles with fewer than five, together: about {team.other_roles}"]
    )


def _bar(covered: Covered) -> str:
    return bar(covered.tally.done, covered.tally.total)


def _needed(known: Known, team: Team) -> Block:
    text = f"*{escape(known.skill.name)}*\nKnown by {_at_most(known.by, team)}"
    return section(text, button("How?", "skill", known.skill.slug))


def _results(results: tuple[Result, ...], most: int) -> list[Block]:
    wanted = [each for each in results if each.quotes_wanted][:most]
    remind = [block for each in wanted for block in _remind(each)]
    return [section("*Challenges*\n" + "\n".join(map(_result, results))), *remind] if results else []


def _unanswered(questions: tuple[Unanswered, ...]) -> list[Block]:
    if not questions:
        return []
    asked = (worded(f"• {escape(each.question)} ({each.times})") for each in questions)
    about = "Given by members, with how often. Each is deleted after 90 days."
    return [section("*Questions that I could not answer*"), *asked, context(about)]


def _remind(result: Result) -> list[Block]:
    title = section(f"*{escape(result.challenge.title)}*")
    return [title, *quotes_reminder(result.challenge)]


def _result(result: Result) -> str:
    challenge, standing = result.challenge, result.standing
    goal = f", goal {challenge.goal}" if challenge.goal else ""
    state = "open" if challenge.state is ChallengeState.OPEN else "ended"
    return f"• *{escape(challenge.title)}*, {state}: {standing.done} of {standing.joined} who joined did it{goal}"


def _undelivered(ended: tuple[Ended, ...]) -> list[Block]:
    lines = [f"• {_ending(group)}: {_about(group.members)} members" for group in ended[:MAX_REASONS]]
    rest = f"• For any {'other ' if lines else ''}reason: {TOO_FEW}"
    title = "*Weekly tips that did not arrive, last two weeks*"
    return [section("\n".join([title, *lines, rest]), button("Try again", TRY_AGAIN)), _ABOUT_TRYING]


def _ending(group: Ended) -> str:
    return f"{ENDINGS[group.state]} ({escape(group.reason)})" if group.reason else ENDINGS[group.state]


def _as_of(report: Report | None, found: Desk) -> str:
    if report is None:
        return "A figure below five could reveal who is behind it. Challenges show their own results."
    return (
        f"Figures of {moment_for_all(report.taken_at)}, rounded to fives. They show nothing about fewer than five "
        "people, whether they did something or did not. Challenges show their own results. "
        f"Next figures: {moment_for_all(found.next_at)}."
    )


def _practice(team: Team, most: int) -> list[Block]:
    """Return the reasons, the needs that most lack, and the skills whose checks went worst; nothing below five.

    `most`: how many needs and skills at most.
    """
    blocks = []
    if team.reasons:
        lines = [f"• {team_charts.REASONS[why]}: {_about_members(by, team)}" for why, by in team.reasons]
        blocks.append(section("*Why tips were blocked, last four weeks*\n" + "\n".join(lines)))
    blocks += [_lacking(each, team) for each in team.lacking[: min(MAX_LACKING, most)]]
    if team.checked:
        worst = sorted(team.checked, key=lambda each: (each.right or 0) / each.asked)[:most]
        blocks.append(section("*Checks by skill*\n" + "\n".join(_checked(each, team) for each in worst)))
    return blocks


def _about_members(count: int, team: Team) -> str:
    return f"about {count}" + (" or more" if count >= team.top else "")


def _lacking(lacking: Lacking, team: Team) -> Block:
    said = f"A{_about_members(lacking.by, team)[1:]} of you don't have {escape(lowered(lacking.need.name))}."
    return section(said, button(_label(lacking.need), START_ON_NEED, lacking.need.slug))


def _label(need: Need) -> str:
    return "Start a challenge on it" if need.challenge else "Start a challenge"


def _checked(checked: Checked, team: Team) -> str:
    right = "fewer than five" if checked.right is None else _about_members(checked.right, team)
    return f"• {escape(checked.skill.name)}: {right} right, of {_about_members(checked.asked, team)} who answered"


_NO_FIGURES = Rendered(section("There will be figures here as soon as five members have used me."))
_TOO_SMALL = Rendered(
    section(
        "The other figures come when about 15 members have used me. In a smaller team they could reveal something "
        "about fewer than five people: those who did something, or those who did not."
    )
)
_ABOUT_BARS = Rendered(
    context(
        "Share of these skills that the team has learned. A skill known by fewer than five people counts as zero, "
        "and one known by nearly all counts as known by all but five."
    )
)
_SHORTENED = Rendered(context("Some lists are shortened here, because a message holds no more."))
_ABOUT_TRYING = Rendered(
    context(
        "*Try again* sends refused and missed tips again, if their week is not over and the member still wants tips. "
        "Unconfirmed tips may have arrived, so they are not sent again."
    )
)
_BUTTONS = Rendered(
    actions(
        button("Settings", settings.OPEN),
        button("Coach admins", "admins"),
        button("Export as CSV", "team", team_charts.EXPORT),
    )
)
