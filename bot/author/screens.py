"""Every entry on the screens that members see, drawn by the bot's own code: held to Slack's limits, or as text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.coach.checks import Answered
from bot.coach.posts.challenges import Posting
from bot.coach.posts.tips import TipPost
from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, ChallengeState, Standing
from bot.core.content_types import ChallengeTemplate, ContentItem, Lesson, Quiz, Skill
from bot.core.errors import CommandError
from bot.core.labs import data_for
from bot.core.learning import path_of
from bot.core.lint.texts import Flaw, Where
from bot.core.member import Member
from bot.core.next_step import Place, in_hand
from bot.core.next_tip import Choice, Reason
from bot.core.outbox import Delivery, Kind, TipSubject
from bot.core.practice import MAX_CUE, WEEK, Asked, Blocker, Plan, Practised, Step
from bot.core.projects import Project
from bot.core.record import MADE_UP, Record
from bot.labs import LABS
from bot.playground.emulator.rules import SlackRefusal, assert_slack_ok
from bot.slack import lab, project, role, show, skill
from bot.slack.challenge import card, form, run
from bot.slack.message import Block, Message, escape, unescape
from bot.slack.tip import check as tip_check, given, practice, step
from bot.slack.tip.card import card_of
from bot.slack.tip.ref import CheckRef, Origin, TipRef

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a fixed day, so that a check never depends on the date
PREVIEWS = ("role", "project", "step", "skill", "tip", "check", "challenge", "theme", "lab")
NOTHING = Record(Member(MADE_UP))  # what is known of somebody new


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen, with the entry and the values that it shows. `item` None: it shows the whole catalogue."""

    name: str
    item: ContentItem | None
    where: Where
    shown: Message | Block


def limit_findings(catalog: Catalog) -> Iterator[Flaw]:
    for screen in screens_of(catalog):
        try:
            check(screen.shown)
        except SlackRefusal as refusal:
            said = f"Slack refuses the screen {screen.name!r} ({refusal}); shorten what it shows"
            yield Flaw(screen.item, screen.where, said)


def check(shown: Message | Block) -> None:
    if isinstance(shown, Message):
        assert_slack_ok({"text": shown.text, "blocks": list(shown.blocks)}, "message")
    else:
        assert_slack_ok(shown, "modal")


def screens_of(catalog: Catalog) -> Iterator[Screen]:
    for shown in catalog.roles.values():
        yield Screen(f"role {shown.slug}", shown, (), role.role_card(catalog, path_of(catalog, shown, ())))
    for skill_ in catalog.skills.values():
        yield from of_skill(catalog, skill_)
        for index, lesson in enumerate(catalog.lessons_of[skill_.slug]):
            yield from of_tip(catalog, lesson, index)
    for theme in catalog.themes.values():
        yield Screen(f"theme {theme.slug}", theme, (), role.theme_card(catalog, theme.slug))
    for challenge in catalog.challenges.values():
        yield from of_challenge(catalog, challenge)
    for slug in filter(LABS.__contains__, catalog.labs):
        wanted = catalog.labs[slug]
        data = data_for(LABS[slug], wanted, b"", MADE_UP, 1)
        file = f"{slug}-1.csv" if len(data.table) > lab.MAX_IN_MESSAGE else ""
        yield Screen(f"lab {slug}", wanted, (), lab.card(wanted, lab.Attempt(slug, 1, "0" * 8), data, file))
        yield Screen(f"answer to lab {slug}", wanted, ("right",), lab.solved(wanted, data, "Right."))
    for each_project in catalog.projects.values():
        yield from of_project(catalog, each_project)
    yield Screen("all roles", None, (), role.role_list(catalog))
    yield Screen("all themes", None, (), role.theme_list(catalog))
    yield Screen("what you have", None, (), given.situation_form(catalog, {}))
    yield Screen("choose a challenge", None, (), run.pick_template(catalog))


def of_skill(catalog: Catalog, shown: Skill) -> Iterator[Screen]:
    yield Screen(f"skill {shown.slug}", shown, (), skill.skill_card(shown))
    yield Screen(f"more on skill {shown.slug}", shown, (), skill.skill_in_full(shown))
    yield Screen(f"template of skill {shown.slug}", shown, (), skill.skill_template(shown))
    for index, asked in enumerate(shown.checks):
        quiz, where = Quiz(shown, asked), ("checks", index)
        nothing = Asked(asked.id, shown.slug, NOW, asking="0123456789abcdef")
        yield Screen(f"check {asked.id}", shown, where, tip_check.asked_now(shown, quiz, nothing, None))
        chosen = next(number for number, option in enumerate(asked.options) if not option.right)
        ref = tip_check.OptionNow(CheckRef(asked.id, asked.version), nothing.asking, shown.slug, chosen)
        wrong = Answered(quiz, replace(nothing, answered_at=NOW, right=False, chosen=chosen), NOTHING)
        yield Screen(f"answer to check {asked.id}", shown, where, tip_check.answered_now(catalog, ref, wrong))


def of_tip(catalog: Catalog, lesson: Lesson, index: int) -> Iterator[Screen]:
    choice = Choice(lesson, Reason.ASKED)
    name = f"tip {lesson.tip.id}"
    delivery = Delivery(
        "T1", "nudge:U1:2026-W48", "0123456789abcdef", Kind.NUDGE, "U1", "D1", "2026-W48",
        TipSubject(tip=lesson.tip.id), None, NOW, NOW + timedelta(days=3), 1, NOW,
    )  # fmt: skip
    plan = Plan(lesson.tip.id, "0" * 16, NOW, "x" * MAX_CUE)
    quiz = max(catalog.quizzes.values(), key=lambda each: len(each.check.id), default=None)
    longest = max(catalog.lessons.values(), key=lambda each: len(each.tip.id))
    asking = given.weekly_tip(catalog, delivery, TipPost(choice, quiz, NOW - 99 * WEEK))
    asking_about_a_tip = given.weekly_tip(catalog, delivery, TipPost(choice, still=longest))
    ref = TipRef.asked(lesson.tip.id)
    seen = TipSeen(lesson, NOTHING, NOW)
    blocked = Practised(lesson.tip.id, Step.BLOCKED, NOW, Blocker.UNCLEAR)
    unclear = replace(seen, record=NOTHING.with_step(blocked))
    shown = {
        name: given.given_now(catalog, choice),
        f"reminder of {name}": given.reminder(catalog, TipPost(choice, plan=plan)),
        f"{name} with the check that has the longest id": asking,
        f"{name} with the question about the tip of the longest id": asking_about_a_tip,
        f"help with {name}": practice.blocked_tip(catalog, ref, unclear),
    }
    if len(lesson.tip.needs) > 1:  # a member who lacks the only need is not asked which
        shown[f"what is missing for {name}"] = practice.missing_needs(catalog, ref, seen)
    for title, message in shown.items():
        yield Screen(title, lesson.skill, ("tips", index), message)


def of_project(catalog: Catalog, shown: Project) -> Iterator[Screen]:
    """Yield where it is offered, each step before and after *Did it*, and all that its buttons open."""
    record = NOTHING.with_project(shown.slug, begun_at=NOW)
    offered = project.choice_of(catalog, (shown,), shown.needs, None, None)
    yield Screen(f"project {shown.slug}", shown, (), Message(escape(shown.name), list(offered)))
    yield Screen(f"how to show project {shown.slug}", shown, ("show",), show.form(shown, show.Draft(shown.slug)))
    for need in shown.ask_for:
        asked = project.request_for(catalog, (shown.steps[0].id, need))
        yield Screen(f"request of {shown.slug} for {need}", shown, ("ask_for",), asked)
    for index, each in enumerate(shown.steps):
        where, name, lesson = ("steps", index), f"step {each.id}", catalog.lessons[each.id]
        ref = replace(TipRef.asked(each.id), origin=Origin.WEEKLY, week="2026-W48")
        seen = TipSeen(lesson, record, NOW)
        record = record.with_step(Practised(each.id, Step.DONE, NOW, line="Two cents, on the page"))
        if each in shown.main_steps[-1:]:
            record = record.with_project(shown.slug, ended_at=NOW)
        done, unclear = replace(seen, record=record), Practised(each.id, Step.BLOCKED, NOW, Blocker.UNCLEAR)
        blocked = replace(seen, record=seen.record.with_step(unclear))
        place, have = Place(shown, each, index + 1), in_hand(catalog, seen.record, each, is_back=True)
        messages = {
            name: card_of(catalog, ref, seen).message(),
            f"answer to {name}": card_of(catalog, ref, done).message(),
            f"five minutes of {name}": card_of(catalog, ref.at(each.id, is_small=True), seen).message(),
            f"kit of {name}": project.kit(catalog, ref),
            f"review of {name}": project.to_review(catalog, ref),
            f"help with {name}": card_of(catalog, ref, blocked).message(),
            f"{name} after a gap": step.here_again(catalog, place, ref, have, each.needs),
        }
        yield from (Screen(title, shown, where, message) for title, message in messages.items())
        yield Screen(f"form of {name}", shown, where, project.have_form(catalog, ref).view)


def of_challenge(catalog: Catalog, shown: ChallengeTemplate) -> Iterator[Screen]:
    name = f"challenge {shown.slug}"
    running = Challenge(
        "T1", "0123456789abcdef", "U1", shown.name, shown.do, shown.done_when, "C1", NOW + timedelta(days=5), NOW,
        template=shown.slug, minutes=shown.minutes, skill=shown.skill, question=shown.evidence,
        state=ChallengeState.OPEN, postings=1, ts="1.000001",
    )  # fmt: skip
    posting = Posting(running, Standing(22, 14))
    yield Screen(name, shown, (), card.live(posting))
    yield Screen(f"recap of {name}", shown, (), card.recap(catalog, posting, {}))
    new = form.new(MADE_UP, running.challenge_id, shown, None, None, NOW)
    yield Screen(f"form of {name}", shown, (), form.draw(new))
    yield Screen(f"preview of {name}", shown, (), run.preview(running))


def preview(catalog: Catalog, entry_id: str) -> str:
    """Return an entry as members see it, as text: a paragraph for each block, with buttons in brackets.

    A step comes as its five minutes first; a step, a check and a lab come with their answer. Raise CommandError.
    """
    drawn = {screen.name: screen.shown for screen in screens_of(catalog)}
    name = next((name for kind in PREVIEWS if (name := f"{kind} {entry_id}") in drawn), None)
    if name is None:
        raise CommandError(f"There is no {', '.join(PREVIEWS[:-1])} or {PREVIEWS[-1]} {entry_id!r}.")
    parts = (f"five minutes of {name}", name, f"answer to {name}")
    shown = [screen for part in parts if isinstance(screen := drawn.get(part), Message)]
    return "\n\n".join(filter(None, (_text(block) for message in shown for block in message.blocks)))


def _text(block: Block) -> str:
    match block["type"]:
        case "actions":
            return " ".join(f"[{element['text']['text']}]" for element in block["elements"] if "text" in element)
        case "context":
            return _plain("\n".join(element["text"] for element in block["elements"]))
        case _:
            parts = [block["text"]] if "text" in block else []
            said = _plain("\n\n".join(part["text"] for part in [*parts, *block.get("fields", [])]))
            return f"{said} [{block['accessory']['text']['text']}]" if "accessory" in block else said


def _plain(mrkdwn: str) -> str:
    text = re.sub(r"<!date\^[^<>|]*\|([^<>]*)>", r"\1", mrkdwn)
    text = re.sub(r"(?<!\w)[*_]([^*_\n]+)[*_](?!\w)", r"\1", text)
    return unescape(re.sub(r"<#(\w+)>", r"#\1", text))
