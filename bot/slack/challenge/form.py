"""The form in which a challenge is written: how a draft is drawn, and how the fields are read back into one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from bot.coach.admins import MAX_WHY
from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_LENGTH, MAX_SENTENCE, MAX_TASK, MAX_TITLE, MIN_LENGTH, Challenge
from bot.core.content_types import ChallengeTemplate, Level
from bot.core.member import MemberKey
from bot.core.projects import Project
from bot.core.team import Team
from bot.slack.blocks import modal, option, plain
from bot.slack.form import FieldError, channel_in, channel_menu, choice, field, one_in, text_box
from bot.slack.message import Block, escape
from bot.slack.noun import parse_id

WRITE_CHALLENGE = "write-challenge"
FREE = "free"  # stands for a template where there is none
PICK = "pick-project"  # the button, and the form
TEAM, PROJECT, WHY = "team", "project", "why"  # its fields
FOR_MANY, MAX_FIRST = "For many roles, and needs nothing", 3  # the first group of its menu
CLOSING_HOUR, FRIDAY, MIN_DAYS = 17, 4, 4
TITLE, TASK, DONE_WHEN, QUESTION, CHANNEL, PRIVATE_CHANNEL, END = (
    "title", "task", "done-when", "question", "channel", "private-channel", "end",
)  # fmt: skip


def by_theme(catalog: Catalog, items: Iterable[ChallengeTemplate | Project]) -> list[Block]:
    """Return the groups of a menu: templates or projects by their themes."""
    of_theme = {theme.slug: list[Block]() for theme in catalog.themes.values()}
    for item in items:
        of_theme[item.theme].append(option(item.name, item.slug))
    return [{"label": plain(catalog.themes[slug].name), "options": each} for slug, each in of_theme.items() if each]


def template_menu(catalog: Catalog, placeholder: str) -> Block:
    own: Block = {"label": plain("Your own"), "options": [option("In my own words", FREE)]}
    groups = [own, *by_theme(catalog, catalog.challenges.values())]
    return {"type": "static_select", "option_groups": groups, "placeholder": plain(placeholder)}


def template_in(fields: Mapping[str, str], name: str, catalog: Catalog) -> str:
    """Return the slug that was chosen, or FREE. Raise FieldError."""
    return one_in(fields, name, {FREE, *catalog.challenges}, "That template is gone. Choose another one.")


class DraftRef(NamedTuple):
    """What a form carries along: the draft's id, and its template's slug or FREE; for a project, its team's id."""

    challenge_id: str
    of: str = ""

    @classmethod
    def parse(cls, metadata: str) -> Self:
        challenge_id, _, of = metadata.partition(" ")
        return cls(parse_id(challenge_id), of)


def pick(catalog: Catalog, ref: DraftRef, teams: Sequence[Team] = (), chosen: str = "", why: str = "") -> Block:
    """`teams`: from which to choose one, if `ref` names none."""
    roles = [role.projects.of(level) for role in catalog.roles.values() for level in Level]
    free = [project for project in catalog.projects.values() if not project.needs]  # what a mixed team can do
    first = sorted(free, key=lambda project: -sum(project.slug in slugs for slugs in roles))[:MAX_FIRST]
    others = by_theme(catalog, (project for project in catalog.projects.values() if project not in first))
    top: Block = {"label": plain(FOR_MANY), "options": [option(project.name, project.slug) for project in first]}
    menu: Block = {"type": "static_select", "option_groups": [*([top] if first else []), *others]}
    if chosen in catalog.projects:
        menu["initial_option"] = option(catalog.projects[chosen].name, chosen)
    of = choice("static_select", [option(team.name, team.team_id) for team in teams])
    blocks = [
        *([field(TEAM, "Team", of)] if teams else []),
        field(PROJECT, "Project", {**menu, "placeholder": plain("Choose a project")}),
        field(WHY, "Why this one", text_box(MAX_WHY, why), hint="One line for the team.", optional=True),
    ]
    return modal("The team's project", blocks, form=PICK, metadata=" ".join(ref).rstrip(), submit="Preview")


def new(
    who: MemberKey,
    challenge_id: str,
    template: ChallengeTemplate | None,
    channel: str | None,
    zone: str | None,
    now: datetime,
    task: str = "",
) -> Challenge:
    """Return a new draft, which ends on the first Friday at least four days away. `task`: if there is no template."""
    local = now.astimezone(zone_of(zone))
    days = (FRIDAY - local.weekday()) % 7
    last = local + timedelta(days=days if days >= MIN_DAYS else days + 7)
    end = last.replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)
    draft = Challenge(who.workspace_id, challenge_id, who.member_id, "", task, "", channel or "", end)
    if template is None:
        return draft
    return replace(
        draft, title=template.name, task=template.do, done_when=template.done_when, question=template.evidence,
        template=template.slug,
    )  # fmt: skip


def draw(draft: Challenge, hint: str = "") -> Block:
    """`hint`: why the draft's channel is offered."""
    public = channel_menu("public", chosen=None if draft.private else draft.channel)
    private = channel_menu("private", chosen=draft.channel if draft.private else None)
    means = "Only its members and those who take part see it. Type /invite @roleshift there first."
    question = text_box(MAX_SENTENCE, draft.question)
    until: Block = {"type": "datetimepicker", "initial_date_time": int(draft.ends_at.timestamp())}
    ref = DraftRef(draft.challenge_id, draft.template or FREE)
    blocks = [
        field(TITLE, "Title", text_box(MAX_TITLE, draft.title)),
        field(TASK, "What to do", text_box(MAX_TASK, draft.task, multiline=True)),
        field(DONE_WHEN, "Done when", text_box(MAX_SENTENCE, draft.done_when)),
        field(QUESTION, "Ask everybody who did it", question, hint="One line, for the recap.", optional=True),
        field(CHANNEL, "Public channel", public, hint=hint, optional=True),
        field(PRIVATE_CHANNEL, "Or a private channel", private, hint=means, optional=True),
        field(END, "Until", until),
    ]
    return modal("Start a challenge", blocks, form=WRITE_CHALLENGE, metadata=" ".join(ref), submit="Preview")


def read(fields: Mapping[str, str], who: MemberKey, ref: DraftRef, catalog: Catalog, now: datetime) -> Challenge:
    """Return the draft. Raise FieldError for the first field that is wrong."""
    filled = {name: words.strip() for name, words in fields.items()}
    template = catalog.challenges.get(ref.of)
    # The bot has no scope to read channels, so the field decides: each offers one kind. A "G" is private too.
    private = filled.get(PRIVATE_CHANNEL, "")
    channel = channel_in(filled, PRIVATE_CHANNEL if private else CHANNEL)
    return Challenge(
        workspace_id=who.workspace_id,
        challenge_id=ref.challenge_id,
        started_by=who.member_id,
        title=_words(filled, TITLE, MAX_TITLE),
        task=_words(filled, TASK, MAX_TASK),
        done_when=_words(filled, DONE_WHEN, MAX_SENTENCE),
        question=_words(filled, QUESTION, MAX_SENTENCE, optional=True) or None,
        channel=channel,
        ends_at=_end(filled.get(END, ""), now),
        template=template.slug if template else None,
        minutes=template.minutes if template else None,
        skill=template.skill if template else None,
        private=bool(private) or channel.startswith("G"),
    )


def _words(filled: Mapping[str, str], name: str, most: int, *, optional: bool = False) -> str:
    words = filled.get(name, "")
    if not words and not optional:
        raise FieldError(name, "A few words are needed here.")
    if len(escape(words)) > most:  # Slack counts escaped characters
        raise FieldError(name, f"{most} letters at most; &, < and > count for several.")
    return words


def _end(seconds: str, now: datetime) -> datetime:
    if not seconds:
        raise FieldError(END, "Choose when it ends.")
    try:
        ends_at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise FieldError(END, "There is no such day.") from None
    if ends_at < now:
        raise FieldError(END, "That is over already.")
    if ends_at < now + MIN_LENGTH:
        raise FieldError(END, "It must last half an hour at least.")
    if ends_at > now + MAX_LENGTH:
        raise FieldError(END, f"A challenge lasts {MAX_LENGTH.days} days at most.")
    return ends_at
