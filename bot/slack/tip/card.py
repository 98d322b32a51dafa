"""A tip: what to do, how you know that it worked, what its member said about it, its buttons, and its theme.

Every message that shows a tip is drawn here, again and again: a click redraws its message in place.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.learning import own_path
from bot.core.next_step import Place, place_of
from bot.core.practice import Blocker, Plan, Practised, Readers, Step as Said
from bot.core.projects import Step
from bot.core.when import DAYS
from bot.slack import blocks, role
from bot.slack.blocks import actions, button, code_block, context, listed, lowered, moment, overflow, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.tip import check, clicks, step, tips
from bot.slack.tip.ref import Choice, Origin, TipRef

ABOUT, PAUSE, CHANGE = "About this skill", "Pause 2 weeks", "Change day and time"
_ANOTHER = ("Another one", "tip", "")
YIELDING = (CHANGE, PAUSE, ABOUT)  # what a menu with too many entries leaves out, the first named first

LEADS = {
    Origin.WEEKLY: "Your tip for this week",
    Origin.REMINDER: "You planned this",
    Origin.NOW: "A tip for you",
    Origin.PLANS: "You planned this",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A tip in a message. `seen` is None while its member said nothing about it.

    `have`: of a step of a project, what they said of the earlier step that it builds on.

    `above` stands over the tip; `question` stands in place of its buttons, `noted` over them. `wants_plan`: the member
    wants to plan it.
    """

    catalog: Catalog
    lesson: Lesson
    ref: TipRef
    seen: TipSeen | None = None
    above: tuple[Block, ...] = ()
    question: tuple[Block, ...] = ()
    noted: tuple[Block, ...] = ()
    wants_plan: bool = False
    have: Practised | None = None

    @property
    def place(self) -> Place | None:
        return place_of(self.catalog, self.lesson.tip.id)

    def message(self) -> Message:
        lead = LEADS[self.ref.origin].replace("tip", "step" if self.place else "tip")
        return Message(f"{lead}: {escape(self.lesson.tip.title)}", list(self.blocks()))

    def redrawn(self) -> Message:
        return replace(self.message(), replaces=True)

    def in_short(self) -> Iterator[Block]:
        if self.seen is None or not self.seen.is_done:
            yield from self.blocks()
            return
        yield from check.in_tip(self.catalog, self.ref, self.seen)
        yield section(f"Done this week: *{escape(self.lesson.tip.title)}*")
        yield from _result(self.seen.last_step)
        yield self._buttons(self.seen.last_step)

    def blocks(self) -> Iterator[Block]:
        yield from check.in_tip(self.catalog, self.ref, self.seen)
        yield from self.above
        if self.place is not None:
            yield from step.task(self.catalog, self.place, self.seen, self.have, is_small=self.ref.is_small)
        else:
            yield from self._task()
        yield from self.question or self._said()
        if self.seen is not None and self.seen.milestone:
            yield context(escape(self.seen.milestone))

    def _task(self) -> Iterator[Block]:
        tip, skill, is_done = self.lesson.tip, self.lesson.skill, self.seen is not None and self.seen.is_done
        if self.ref.is_small and not is_done:
            only = "_That is enough for now: I have nothing so short. The rest can wait._"
            lead = f"*{escape(tip.title)}* · the first five of {tip.minutes} minutes"
            yield section(f"{lead}\n{escape(tip.small or tip.do[0])}\n{only}")
        else:
            why = f"\n_{escape(tip.why)}_" if tip.why and not is_done else ""
            lines = "\n".join(f"{number}. {escape(line)}" for number, line in enumerate(tip.do, 1))
            done_when = "" if is_done and not tip.proves else f"\n*Done when* {escape(tip.done_when)}"
            yield section(f"*{escape(tip.title)}* · {tip.minutes} minutes{why}\n{lines}{done_when}")
        pair, reason = self.catalog.role_of(tip.pair), self.ref.reason
        names = {need: lowered(self.catalog.needs[need].name) for need in tip.needs if need in self.catalog.needs}
        if pair and PARTNER in names:
            names[PARTNER] += f" ({pair.name})"
        needs = f" Needs: {escape(listed([*names.values()]))}." if names else ""
        theme = escape(self.catalog.themes[skill.theme].name)
        yield context(f"_{reason[0].upper()}{reason[1:]}.{needs}_ · {theme}")

    def _said(self) -> Iterator[Block]:
        if (seen := self.seen) is None:
            yield self._buttons(None)
            return
        value, last = self.ref.value, seen.last_step
        if seen.new or last is not None:
            yield section(self._outcome(seen, last))
        yield from _result(last)
        if last is not None and last.blocker is Blocker.UNCLEAR:
            yield from done_before(self.lesson)
        if seen.reminder is not None:
            choices = ("As a calendar file", clicks.CALENDAR, value), ("Cancel reminder", clicks.UNPLAN, value)
            at = reminder_time(seen.reminder, seen.record.zone)
            yield worded(f"Reminder: {at}.", overflow(*choices, of="reminder"))
        elif seen.cancelled:
            yield section("The reminder is cancelled.")
        if self.place is not None and step.is_closed(self.place, seen):
            yield from step.following(self.catalog, self.place, self.ref, seen.record)
        if seen.asks_weekly and (seen.is_done or self.wants_plan):
            yield from self._weekly(seen)
            return
        yield from self.noted
        if seen.is_done and len(seen.record.done) == 1 and seen.record.member.level is None:  # their first tip
            felt = (("Too easy", "easy"), ("Just right", "right"), ("Too hard", "hard"))
            answers = (button(label, tips.HOW_HARD, f"{answer} {value}") for label, answer in felt)
            yield section("*How was it?* I choose the next ones by it.")
            yield actions(*answers, overflow(self._line(last), ("Undo", clicks.UNDO, value)))
        else:
            yield self._buttons(last)

    def _outcome(self, seen: TipSeen, last: Practised | None) -> str:
        tip, skill = seen.lesson.tip, seen.lesson.skill
        if last is None:
            return "Taken back. Nothing is counted."
        if self.place is not None:
            return step.outcome(self.catalog, self.place, seen, last)
        if last.step is Said.NOT_MY_WORK:
            return f"Noted: fewer tips on *{escape(skill.name)}*."
        if last.step is Said.BLOCKED:
            return _BLOCKED[last.blocker or Blocker.OTHER]
        if seen.record.uses.second(tip.id) is not None:
            return "Done again. Your record keeps the dates."
        proof = f". {escape(tip.proves)}" if tip.proves else f": {escape(tip.done_when)}"
        became = "marked as learned" if skill.slug in seen.record.learned_at else "practised"
        moved = f"*{escape(skill.name)}* is {became}"
        path = own_path(self.catalog, seen.record)
        if path is not None and skill.slug in path.role.skills:
            moved += f": {role.tally(path)}."
        else:
            moved += "." if path else ". With your role, the next ones are about your work."
        return f"Done{proof}{step.called(tip)}\n{moved}"

    def _weekly(self, seen: TipSeen) -> Iterator[Block]:
        value, schedule = self.ref.value, seen.record.weekly
        why = "" if seen.is_done else "A reminder comes only with weekly tips. "
        day, time = DAYS[schedule.slot.weekday].title(), blocks.clock(schedule.slot.minute)
        yield section(f"{why}*One like this every {day} at {time}?*")
        may_learn = not self.place and seen.record.may_learn(self.catalog, self.lesson.skill)
        learn = [("Mark as learned", clicks.LEARN, value)] if may_learn else []
        more = overflow(("What came out?", clicks.LINE, value), ("Undo", clicks.UNDO, value), *learn)
        yield actions(
            button("Yes", tips.WEEKLY, f"{tips.YES} {value}", style="primary"),
            button("Another time", tips.ANOTHER_TIME, value),
            button("No, thanks", tips.WEEKLY, f"{tips.NO} {value}"),
            more if seen.is_done else button("Did it", clicks.DID, value),
        )

    def _buttons(self, last: Practised | None) -> Block:
        value, seen, skill = self.ref.value, self.seen, self.lesson.skill
        if self.place is not None:
            return step.buttons(self.catalog, self.place, self.ref, seen, asks=self._asks)
        undo = ("Undo", clicks.UNDO, value)
        did = button("Did it", clicks.DID, value, style="primary")
        if last is not None and last.step is Said.DONE and seen is not None:
            learn = [("Mark as learned", clicks.LEARN, value)] if seen.record.may_learn(self.catalog, skill) else []
            asks = [] if seen.record.member.role else [button("Choose my role", "myrole", style="primary")]
            return actions(*asks, button(*self._line(last)), self._more(undo, *learn))
        if last is not None and last.step is Said.NOT_MY_WORK:
            return actions(button(*undo), self._more())
        # While a question stands above, three buttons move to the menu, and it has no room for *Not my work*.
        not_my_work = () if self._asks else (("Not my work", clicks.NOT_MY_WORK, value),)
        remind = "Change time" if seen is not None and seen.reminder is not None else "Remind me", clicks.WHEN, value
        if last is not None and last.step is Said.BLOCKED:
            steps = [role.WHAT_YOU_HAVE if last.blocker is Blocker.LACKS else remind]
            if last.blocker is Blocker.LACKS and seen is not None:
                steps += sample_of(self.catalog, [need for need, has in seen.record.needs.items() if not has])
            if last.blocker is Blocker.UNCLEAR:
                steps += [("Template", clicks.TEMPLATE, skill.slug)] if skill.template else []
                steps.append((ABOUT, clicks.ABOUT_SKILL, skill.slug))
            elif last.blocker is not Blocker.NO_TIME:
                steps.append(_ANOTHER)
            return actions(did, *(button(*choice) for choice in steps), self._more(undo, *not_my_work, buttons=steps))
        whole = "All of it", clicks.WHOLE, self.ref.at(self.ref.tip).value
        see = whole if self.ref.is_small else ("See one done", clicks.SEE_ONE_DONE, value)
        others = remind, see, ("Blocked", clicks.BLOCKED, value)
        if self._asks:
            return actions(did, self._more(above=others))
        tip = self.lesson.tip
        kit = [(f"Copy {tip.kind_of_kit}", clicks.COPY_KIT, value)] if tip.kit else []
        return actions(did, *(button(*choice) for choice in (*kit, *others)), self._more(*not_my_work))

    def _line(self, last: Practised | None) -> Choice:
        has_line = last is not None and last.line is not None
        return "Change my result" if has_line else "What came out?", clicks.LINE, self.ref.value

    @property
    def _asks(self) -> bool:
        """Return whether a question with buttons of its own stands above the tip."""
        return any(block["type"] == "actions" for block in check.in_tip(self.catalog, self.ref, self.seen))

    def _more(self, *own: Choice, above: Sequence[Choice] = (), buttons: Collection[Choice] = ()) -> Block:
        asked_for = self.ref.origin is Origin.NOW
        weekly = (PAUSE, "tips", "pause 2 weeks"), (CHANGE, tips.CHOOSE, ""), ("Stop weekly tips", "tips", "off")
        choices = (
            *above,
            *([_ANOTHER] if asked_for or self.ref.origin is Origin.WEEKLY else []),
            *([(ABOUT, clicks.ABOUT_SKILL, self.lesson.skill.slug)] if asked_for else []),
            *own,
            *(() if asked_for else weekly),
        )
        return overflow(*(choice for choice in choices if choice not in buttons), yields=YIELDING)


def card_of(catalog: Catalog, ref: TipRef, seen: TipSeen, *above: Block) -> Card:
    if ref.origin is Origin.REMINDER:
        plan = seen.record.plan_of(seen.lesson.tip)
        above = (quote(plan if plan is not None and plan.plan_id == ref.plan_id else None), *above)
    return Card(catalog, seen.lesson, ref, seen, above)


def redrawn(catalog: Catalog, ref: TipRef, seen: TipSeen) -> Message:
    return card_of(catalog, ref, seen).redrawn()


def quote(plan: Plan | None) -> Block:
    """Return what stands above a tip that comes as a reminder: the member's own words. None: they planned it anew."""
    cue = plan.cue if plan is not None else None
    return worded(f"You said: when {escape(cue)}, I will do this." if cue else "You planned this for now.")


def _result(last: Practised | None) -> Iterator[Block]:
    if last is not None and last.line:
        yield worded(blocks.quoted_line(last.line) + _READ_BY.get(last.readers, ""))


def reminder_time(plan: Plan, zone: str | None) -> str:
    """Return a time such as `Thursday 26 November at 10:00, when the stand-up ends`."""
    return moment(plan.at, zone) + (f", when {escape(plan.cue)}" if plan.cue else "")


_READ_BY: Mapping[Readers | None, str] = {
    Readers.UNNAMED: "\n_Colleagues on this tip may read it, without your name._",
    Readers.NAMED: "\n_Colleagues on this tip may read it, with your name._",
}
PARTNER = "partner"  # the need of a tip that is done with a colleague
_BLOCKED = {
    Blocker.LACKS: "Noted: you don't have what it needs. Tips that need it wait until you do.",
    Blocker.NO_TIME: "Noted: no time this week. It stays here for when you have some.",
    Blocker.UNCLEAR: "Noted. This shows how it can look:",
    Blocker.OTHER: "Noted. Press *Did it* if it works out after all, or take another one.",
}


def sample_of(catalog: Catalog, lacks: Iterable[str]) -> list[Choice]:
    """Return the lab whose data stands in for one of these needs; nothing if there is none."""
    lab = next(filter(None, map(catalog.lab_for, lacks)), None)
    return [("Practise on a sample", "lab", lab.slug)] if lab else []


def done_before(lesson: Lesson) -> tuple[Block, ...]:
    """Return how a tip looks when it is done, or the skill's worked example; without both, how the skill begins."""
    tip, skill = lesson.tip, lesson.skill
    if isinstance(tip, Step):
        return (worded(f"*Before*\n{escape(tip.before)}\n*After*\n{escape(tip.after)}"),)
    if tip.example:
        return (code_block(tip.example),)
    name = escape(skill.name)
    if skill.example:
        return (code_block(skill.example, f"This tip has no example yet. A worked example of *{name}*:"),)
    lead = f"This tip has no example yet. How *{name}* begins:\n{escape(skill.first_exercise)}"
    return (section(f"{lead}\n*You know it when* {escape(skill.looks_like.working)}"),)
