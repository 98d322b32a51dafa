"""What a weekly message asks about is the same by SQL, for many members, as by the rules for one."""

from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import Connection

from bot.core.member import MemberKey
from bot.core.practice import Practised, Step, last_steps
from bot.core.weekly_questions import Answer, Use, Uses, waiting
from bot.store import Store, members, practice, weekly_questions

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TIPS = ("one", "two", "three")
ANSWERS = (Answer.ASKED, Answer.AGAIN, Answer.ONCE, Answer.NO, Answer.UNDONE)
STEPS = (Step.DONE, Step.DONE, Step.BLOCKED)


def log_of(random: Random) -> tuple[list[Practised], list[Use]]:
    """Return what somebody did in twenty weeks, and said about it; an *Undo* follows what it takes back."""
    moments = sorted(random.sample(range(20 * 7 * 24), 24), reverse=True)
    steps, said = list[Practised](), list[Use]()
    for hours in moments:
        tip, at = random.choice(TIPS), NOW - timedelta(hours=hours)
        if random.random() < 0.4:
            is_done = last_steps(steps).get(tip, Practised(tip, Step.UNDONE, at)).step is Step.DONE
            steps.append(Practised(tip, Step.UNDONE if is_done else random.choice(STEPS), at))
        else:
            said.append(Use(tip, random.choice(ANSWERS), at, random.choice(("week 1", "week 2"))))
    for tip in TIPS:  # a second *Did it*, perhaps taken back
        at = NOW - timedelta(hours=random.randrange(1000), seconds=1)
        said += [Use(tip, answer, at + timedelta(minutes=n)) for n, answer in enumerate(random.choice(SECOND))]
    return steps, said


SECOND = ((), (Answer.AGAIN,), (Answer.AGAIN, Answer.UNDONE), (Answer.AGAIN, Answer.AGAIN, Answer.UNDONE))


async def test_what_is_due_and_what_is_in_use_is_the_same_by_sql_as_by_the_rules(store: Store) -> None:
    random = Random(7)  # noqa: S311 - a seed must replay
    logs = {f"U{number}": log_of(random) for number in range(60)}

    def fill(tx: Connection) -> None:
        for member_id, (steps, said) in logs.items():
            who = MemberKey("T1", member_id)
            members.meet(tx, who, None, NOW)
            for each in steps:
                practice.add(tx, who, each.tip, each.step, each.at, None)
            weekly_questions.add(tx, [(who, each) for each in said])

    await store.write(fill)
    found = await store.read(weekly_questions.of_many, "T1", list(logs), NOW)
    for member_id, (steps, said) in logs.items():
        log = Uses.of(said)
        done = {tip: each.at for tip, each in last_steps(steps).items() if each.step is Step.DONE}
        assert list(found[member_id].waiting) == waiting(done, log, NOW), member_id
        assert set(found[member_id].in_use) == {tip for tip in log.of_tip if log.again(tip)}, member_id
