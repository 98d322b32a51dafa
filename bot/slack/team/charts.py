"""The charts of the admin's desk, and the same figures as bars of text where Slack shows no charts."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

from bot.core.team import Team, Week
from bot.slack.blocks import bar, context, section
from bot.slack.message import Block, Message, escape

TOO_FEW = "too few to say"
CHART = "data_visualization"
MAX_BARS, MAX_LABEL = 20, 20  # of a chart, as Slack has it
THEMES, WEEKS = "Skills learned by theme", "Tips done by week"
ABOUT_THEMES = "All members together. A skill known by fewer than five people counts as zero."
ABOUT_WEEKS = "In the seven days before each date."
ZERO = "Zero means: too few to say."  # a chart has no other way to draw it

Figures = Mapping[str, int | None]  # name → a figure of the desk; None: too few to say


def are_in(message: Message) -> bool:
    """Return whether a message has a chart."""
    return any(block["type"] == CHART for block in message.blocks)


def by_theme(team: Team, *, charts: bool) -> list[Block]:
    """Return how many skills all members together learned in each theme. They add up to the skills learned."""
    figures = {theme.of.name: theme.tally.done or None for theme in team.themes}
    return shown(THEMES, "Skills", figures, ABOUT_THEMES, charts=charts)


def by_week(weeks: Sequence[Week], zone: str | None, *, charts: bool) -> list[Block]:
    """Return how many tips the team did in each of the last weeks that have figures."""
    figures = {_day(week, zone): week.done for week in weeks}
    return shown(WEEKS, "Tips", figures, ABOUT_WEEKS, charts=charts)


def shown(title: str, unit: str, figures: Figures, about: str, *, charts: bool) -> list[Block]:
    """Return a chart of these figures, or bars of text, with a line about them."""
    if not any(figures.values()):
        return [section(f"*{title}*\n{TOO_FEW.capitalize()}.")]
    if charts and len(figures) <= MAX_BARS:
        return [_chart(title, unit, figures), context(f"{about} {ZERO}")]
    return [section(f"*{title}*\n{_bars(figures)}"), context(about)]


def _chart(title: str, unit: str, figures: Figures) -> Block:
    names = _labels(list(figures))
    points = [{"label": name, "value": count or 0} for name, count in zip(names, figures.values(), strict=True)]
    axes = {"categories": names, "y_label": unit}
    chart = {"type": "bar", "series": [{"name": "About", "data": points}], "axis_config": axes}
    return {"type": CHART, "title": title, "chart": chart}


def _labels(names: Sequence[str]) -> list[str]:
    """Return names that fit below a bar. Each of them is different, as Slack demands."""
    labels: list[str] = []
    for name in names:
        label = name if len(name) <= MAX_LABEL else f"{name[: MAX_LABEL - 1].rstrip()}…"
        if label in labels:
            label = f"{name[: MAX_LABEL - 5].rstrip()}… {len(labels) + 1}"
        labels.append(label)
    return labels


def _bars(figures: Figures) -> str:
    most = max(count or 0 for count in figures.values())
    return "\n".join(
        f"{bar(count or 0, most)} {escape(name)}: {TOO_FEW if count is None else f'about {count}'}"
        for name, count in figures.items()
    )


def _day(week: Week, zone: str | None) -> str:
    local = week.taken_at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local.day} {local:%b}"
