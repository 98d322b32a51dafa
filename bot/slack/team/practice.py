"""The part of the admin's desk about practice: what blocks tips, what members lack, and how checks went."""

from bot.core.content_types import Need
from bot.core.practice import Blocker
from bot.core.team import Checked, Lacking, Team
from bot.slack.blocks import button, lowered, section
from bot.slack.message import Block, escape

START = "start-challenge"  # the button beside a need; its value is the need's slug
MAX_LACKING, MAX_CHECKED = 5, 10
REASONS = {
    Blocker.LACKS: "Something it needs is missing",
    Blocker.NO_TIME: "No time",
    Blocker.UNCLEAR: "Unclear how to do it",
    Blocker.OTHER: "Something else",
}


def figures(team: Team, most: int = MAX_CHECKED) -> list[Block]:
    """Return the reasons, the needs that most lack, and the skills whose checks went worst; nothing below five.

    `most`: how many needs and skills at most.
    """
    blocks = []
    if team.reasons:
        lines = [f"• {REASONS[why]}: {_members(by, team)}" for why, by in team.reasons]
        blocks.append(section("*Why tips were blocked, last four weeks*\n" + "\n".join(lines)))
    blocks += [_lacking(each, team) for each in team.lacking[: min(MAX_LACKING, most)]]
    if team.checked:
        worst = sorted(team.checked, key=lambda each: (each.right or 0) / each.asked)[: min(MAX_CHECKED, most)]
        blocks.append(section("*Checks by skill*\n" + "\n".join(_checked(each, team) for each in worst)))
    return blocks


def _members(count: int, team: Team) -> str:
    return f"about {count}" + (" or more" if count >= team.top else "")


def _lacking(lacking: Lacking, team: Team) -> Block:
    said = f"A{_members(lacking.by, team)[1:]} of you don't have {escape(lowered(lacking.need.name))}."
    return section(said, button(_label(lacking.need), START, lacking.need.slug))


def _label(need: Need) -> str:
    return "Start a challenge on it" if need.challenge else "Start a challenge"


def _checked(checked: Checked, team: Team) -> str:
    right = "fewer than five" if checked.right is None else _members(checked.right, team)
    return f"• {escape(checked.skill.name)}: {right} right, of {_members(checked.asked, team)} who answered"
