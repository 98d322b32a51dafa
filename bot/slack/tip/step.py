"""A step of a project, as `card.py` puts it into a message: where it stands, what to do, and what follows from it.

Pure: each click draws it again from what is true then.
"""

from collections.abc import Collection, Iterator, Sequence

from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Tip
from bot.core.learning import role_lines
from bot.core.next_step import Place, asks_to_show, in_hand, is_finished, is_settled, may_skip, place_in
from bot.core.practice import HAS_RESULT, Blocker, Practised, Step as Said
from bot.core.projects import LAB, Project
from bot.core.record import Record
from bot.slack.blocks import actions, button, context, lowered, overflow, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.tip import clicks
from bot.slack.tip.ref import Choice, Origin, TipRef

MAX_LINE = 80  # characters of the member's own line in a later step, where its first word is no longer
# What a full menu leaves out, the first named first:
YIELDING = ("See one done", "Have it reviewed", "I have this", "Only five minutes?")
Foot = tuple[Sequence[Choice], Sequence[Choice]]  # the buttons, the first for what is next to do, and the menu
STEPS_LEFT = {1: "One step is left.", 2: "Two steps are left.", 3: "Three steps are left.", 4: "Four steps are left."}
MORE_STEPS = {1: "One more step makes", 2: "Two more steps make", 3: "Three more steps make"}


def is_closed(at: Place, seen: TipSeen) -> bool:
    """Return whether there is nothing to do here: the step is settled, or its member left the project."""
    state = seen.record.projects.get(at.project.slug)
    return seen.is_settled or (state is not None and state.left_at is not None)


def task(
    catalog: Catalog, at: Place, seen: TipSeen | None, have: Practised | None, *, is_small: bool
) -> Iterator[Block]:
    """Yield the step; once it is settled, its title. `have`: what they said of its base, while `seen` is None."""
    record, step = seen.record if seen else None, at.step
    yield head(catalog, at, record)
    if seen is not None and is_closed(at, seen):
        yield section(f"*{escape(step.title)}*")
        return
    if at.number == 1:
        yield section(f"_Goal:_ {escape(at.project.outcome)}")
    if step.uses is not None:
        have = in_hand(catalog, seen.record, step) if seen else have
        if have is not None and have.step in HAS_RESULT:
            yield worded(f"_You have_ {escape(step.uses)}{own_line(have)}.")
        else:
            skipped = ", which you skipped" if have is not None and have.step is Said.SKIPPED else ""
            yield section(f"_This builds on_ {escape(step.uses)}{skipped}.")
    lacks = record.lacks(catalog) if record and not (seen and seen.last_step) else frozenset[str]()
    is_without = not lacks.isdisjoint(catalog.needs_of(step))
    if is_small and not is_without:
        text = f"*{escape(step.title)}* · five minutes\n_{escape(step.why)}_\n{escape(step.small)}"
        more = f"_More time? The whole step takes {step.minutes} minutes._"
        yield section(f"{text}\n*Done when* {escape(step.small_done_when)}\n{more}")
    else:
        lines = "\n".join(f"{number}. {escape(line)}" for number, line in enumerate(step.do, 1))
        free = f"\n_Without that:_ {escape(step.free)}" if is_without and step.free else ""
        text = f"*{escape(step.title)}* · {step.minutes} minutes\n_{escape(step.why)}_\n{lines}{free}"
        yield section(f"{text}\n*Done when* {escape(step.done_when)}")
    if at.number == 1:  # the line of the source document that the project puts into practice
        yield from (context(f"_{escape(line)}_, in practice") for line in at.project.source_lines[:1])


def head(catalog: Catalog, at: Place, record: Record | None) -> Block:
    steps = at.project.main_steps
    settled = sum(is_settled(record, step) for step in steps) if record else at.number - 1
    which = f"step {at.number} of {at.of}" if at.number else "one step more"
    is_begun = record is None or at.project.slug in record.projects
    dots = "  " + "●" * settled + "○" * (at.of - settled) if is_begun else ""
    theme = catalog.themes[at.project.theme].name
    return context(f"*{escape(at.project.name)}* · {which}{dots} · {escape(theme)}")


def own_line(have: Practised | None) -> str:
    """Return the member's own line as it fits behind the name of what they have. No word is cut: it may be a link."""
    words = have.line.split() if have and have.line else []
    if not words:
        return ""
    fits = words
    while len(fits) > 1 and len(" ".join(fits)) > MAX_LINE:
        fits = fits[:-1]
    return f": “{escape(' '.join(fits))}{' …' if fits != words else ''}”"


def here_again(
    catalog: Catalog, at: Place, ref: TipRef, have: Practised | None, lacks: Collection[str], *more: Choice
) -> Message:
    """Return where a member is who was away, with the result that they have; `lacks`: needs that they don't have."""
    left, (way, choices) = at.of - at.number + 1, _instead(catalog, at, lacks)
    made = next((step.makes for step in at.project.steps if have and have.tip in {step.id, *step.aliases}), "")
    has = f" You have {escape(made)}{own_line(have)}." if made else ""
    text = f"*Good to see you.*{has} {STEPS_LEFT.get(left, f'{left} steps are left.')}"
    coming = f"Next: *{escape(at.step.title)}* · five minutes"
    small, whole = ref.at(ref.tip, is_small=True).value, ("All of it", clicks.WHOLE, ref.value)
    blocks = [
        head(catalog, at, None),
        worded("\n".join([text, coming, *([way] if way else [])])),
        actions(
            button("Go on", clicks.WHOLE, small, style="primary"),
            button(*next(iter(choices), whole)),
            button("Another project", clicks.OTHERS, ref.value),
            button("Leave it as it is", clicks.LEAVE, ref.value),
            *([overflow(*more)] if more else []),
        ),
    ]
    return Message(f"Good to see you. {escape(at.project.name)}", blocks)


# What a member said about it, and what follows.


def outcome(catalog: Catalog, at: Place, seen: TipSeen, said: Practised) -> str:
    match said.step, said.blocker:
        case Said.DONE, _:
            return f"Done.{called(at.step)}"
        case Said.HAD, _:
            return "You have this already, so it counts."
        case Said.SKIPPED, _:
            return "Skipped. You go on without it."
        case Said.BLOCKED, Blocker.LACKS:
            return _instead(catalog, at, seen.record.lacks(catalog))[0] or "Noted: you don't have what it needs."
        case Said.BLOCKED, why:
            small = f"Noted: no time this week. Five minutes help, too: {escape(at.step.small)}"
            said_why = {Blocker.NO_TIME: small, Blocker.UNCLEAR: "Noted. This shows how it can look:"}
            return said_why.get(why or Blocker.OTHER, "Noted. Press *Did it* if it works out after all.")
        case Said.NOT_MY_WORK, _:
            return "Noted: this step is not your work."
        case other, _:
            raise ValueError(other)


def called(tip: Tip) -> str:
    """Return the sentence with the field's own names for what was done; nothing where there are none."""
    names = [f"*{escape(name.strip())}*" for name in tip.called.split(";")] if tip.called else []
    return f" People call this {' or '.join(names)}." if names else ""


def _instead(catalog: Catalog, at: Place, lacks: Collection[str]) -> tuple[str, list[Choice]]:
    """Return another way for who lacks what a step needs, with its buttons; "" for who lacks none of it."""
    project, step = at.project, at.step
    need = next((need for need in catalog.needs_of(step) if need in lacks), None)
    if need is None:
        return "", []
    name = escape(lowered(catalog.needs[need].name)) if need in catalog.needs else "that"
    way = project.without.get(need, "")
    lab = catalog.labs.get(way.removeprefix(LAB)) or catalog.lab_for(need)
    practise = [("Practise in the lab", "lab", lab.slug)] if lab is not None else []
    request = [("Copy a request", clicks.COPY_REQUEST, f"{step.id} {need}")] if need in project.ask_for else []
    if (other := catalog.projects.get(way)) is not None:
        begin = "Begin that one", clicks.BEGIN, TipRef.asked(other.steps[0].id).value
        return f"You don't have {name}. *{escape(other.name)}* works without it.", [begin]
    in_words = f"{way}." if way and not way.startswith(LAB) else ""
    said = "Another project may fit better."
    if another := step.free or in_words:
        said = f"Another way: {escape(another)}"
    elif lab is not None:
        said = f"A lab lends you invented data to practise on: *{escape(lab.name)}*."
    return f"You don't have {name}. {said}", [*practise, *request]


def following(catalog: Catalog, at: Place, ref: TipRef, record: Record) -> Iterator[Block]:
    project = at.project
    state, now = record.projects.get(project.slug), place_in(project, record)
    if state is not None and state.left_at is not None:
        yield section("You left this project. What you have done of it stays.")
    elif state is not None and state.ended_at is not None:
        ended = "Finished" if is_finished(project, record) else "A good end"
        yield section(f"*{ended}: {escape(project.name)}.* You have {escape(project.keeps.name)}.")
        role = catalog.role_of(record.member.role)
        lines = role_lines(catalog, role, record) if role else ()
        if proved := [f"_{escape(line.text)}_" for line in lines if line.proof and line.proof.project == project]:
            of = f"{sum(line.proof is not None for line in lines)} of {len(lines)}"
            yield context(f"Proved on your role's card, {of}: {' · '.join(proved)}")
        else:
            yield from (context(f"_{escape(line)}_, in practice") for line in project.source_lines[:1])
        yield from _ask_to_show(project, ref, record, is_half_way=False)
    elif now is not None and is_half_way(at, now):
        ahead = MORE_STEPS.get(now.of - now.number + 1, "More steps make")
        yield section(f"*Half-way.* {escape(project.half_way.says)} {ahead} it last.")
        yield from _ask_to_show(project, ref, record, is_half_way=True)
    elif now is not None:
        when = "Next week" if record.gets_tips else "Next"
        yield section(f"{when}: *{escape(now.step.title)}* · five minutes")


def is_half_way(at: Place, now: Place) -> bool:
    return at.number == at.project.half_way.after and now.number == at.number + 1


def _ask_to_show(project: Project, ref: TipRef, record: Record, *, is_half_way: bool) -> Iterator[Block]:
    team = record.of_team(project.slug)
    if team and asks_to_show(project, record, is_half_way=is_half_way):
        show = button("Show it to the team", clicks.SHOW_TEAM, f"{team.challenge_id} {ref.value}")
        yield section(f"*Show it in <#{team.channel}>?* One line, with your name. You see it first.", show)


def buttons(catalog: Catalog, at: Place, ref: TipRef, seen: TipSeen | None, *, asks: bool) -> Block:
    """Return the buttons of a step with its menu. `asks`: a question with buttons of its own stands above the step."""
    (first, *others), menu = _foot(catalog, at, ref, seen)
    stop = [("Stop weekly tips", "tips", "off")] if ref.origin in {Origin.WEEKLY, Origin.REMINDER} else []
    entries = [*others, *menu[-1:], *stop] if asks else [*menu, *stop]
    shown = [] if asks else [button(*choice) for choice in others]
    more = [overflow(*entries, yields=YIELDING)] if entries else []
    return actions(button(*first, style="primary"), *shown, *more)


def _foot(catalog: Catalog, at: Place, ref: TipRef, seen: TipSeen | None) -> Foot:
    if seen is not None and is_closed(at, seen):
        return _closed(at, ref, seen)
    value, last = ref.value, seen.last_step if seen else None
    did, undo = ("Did it", clicks.DID, value), ("Undo", clicks.UNDO, value)
    others, copy = ("Other projects", clicks.OTHERS, value), (f"Copy {at.step.kind_of_kit}", clicks.COPY_KIT, value)
    have = "I have this", clicks.HAVE, value
    remind = "Change time" if seen is not None and seen.reminder is not None else "Remind me", clicks.WHEN, value
    skip = [("Skip this step", clicks.SKIP, value)] if at.number and may_skip(at.project, at.step) else []
    if seen is None or last is None:
        whole = "All of it", clicks.WHOLE, ref.at(ref.tip).value
        five = "Only five minutes?", clicks.WHOLE, ref.at(ref.tip, is_small=True).value
        second, first_entry = (whole, remind) if ref.is_small else (remind, five)
        done, review = ("See one done", clicks.SEE_ONE_DONE, value), ("Have it reviewed", clicks.REVIEW, value)
        return (did, copy, second, ("Blocked", clicks.BLOCKED, value)), (first_entry, done, review, have, *skip, others)
    if last.blocker is Blocker.LACKS:
        return (did, *_instead(catalog, at, seen.record.lacks(catalog))[1], others), (undo, have)
    if last.blocker is Blocker.UNCLEAR:
        about = ("About this skill", clicks.ABOUT_SKILL, seen.lesson.skill.slug)
        return (did, copy, about), (undo, others)
    return (did, remind), (undo, *skip, others)


def _closed(at: Place, ref: TipRef, seen: TipSeen) -> Foot:
    project, record, value, said = at.project, seen.record, ref.value, seen.last_step
    state, now = record.projects.get(project.slug), place_in(project, record)
    has_line = said is not None and said.line is not None
    line = [("What came out?", clicks.LINE, value)] if seen.is_done and not has_line else []
    change = [("Change my result", clicks.LINE, value)] if seen.is_done and has_line else []
    review = [("Have it reviewed", clicks.REVIEW, value)] if seen.is_done else []
    undo, others = ("Undo", clicks.UNDO, value), ("Other projects", clicks.OTHERS, value)
    go_on = "Go on", clicks.BEGIN, value
    if state is not None and state.left_at is not None:
        back = [undo] if seen.is_settled else []
        return (("Take it up again", clicks.BEGIN, value), others), (*back, *line, *change)
    if state is not None and state.ended_at is not None:
        extra = [("One more step", clicks.WHOLE, ref.at(step.id).value) for step in project.steps if step.extra]
        more = [go_on] if now is not None else extra
        show = [] if asks_to_show(project, record, is_half_way=False) else [("Show it", clicks.SHOW, value)]
        left = sum(slug not in record.learned_at for slug in project.skills)
        label = "Mark as learned" if left == 1 else f"Mark {left} skills as learned"
        learn = [(label, clicks.LEARN_ALL, value)] if left else []
        following = *show, *learn, ("Next project", clicks.OTHERS, value)
        return (*line, *following), (undo, *change, *review, *more)
    if now is not None and is_half_way(at, now):
        return (go_on, ("Stop here", clicks.STOP, value), *line), (undo, *change, *review, others)
    return (*line, go_on, *review), (undo, *change, ("See one done", clicks.SEE_ONE_DONE, value), others)
