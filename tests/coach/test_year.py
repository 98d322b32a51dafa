"""`content year` prints what the planner and the sender really do, on both kinds of database."""

from bot.coach import checks, learning, practice, tips
from bot.coach.checks import ChosenOption, Said
from bot.core.content_types import Level
from bot.core.member import MemberKey
from bot.core.rhythm import WeeklyQuestion
from bot.core.weekly_questions import Answer
from bot.core.year import Does, Week, learner_with, usual_needs, year
from bot.outbox.sending import Claimed
from bot.store import members
from tests.coach.weekly import BOTH, HOUR, TUESDAY, WEEK, Weekly, post_of

DATABASE = "sqlite"  # unless a test asks for both
PEOPLE = {
    MemberKey("T1", f"U{number}"): (role, level, does)
    for number, (role, level, does) in enumerate(
        [
            ("software-engineer", Level.NEW, Does.ALL),
            ("devops-engineer", Level.DAILY, Does.MARKS),
            ("everyone", Level.NEW, Does.HALF),
            ("qa-engineer", Level.DAILY, Does.NONE),
        ]
    )
}
WEEKS = 40


@BOTH
async def test_the_year_of_authors_is_what_the_planner_sends(weekly: Weekly) -> None:
    catalog, printed = weekly.catalog, {}
    for who, (slug, level, does) in PEOPLE.items():
        role = catalog.roles[slug]
        printed[who] = list(year(catalog, learner_with(catalog, role, level, usual_needs(role, level)), does, WEEKS))
        await weekly.joins(who)
        await weekly.store.write(learning.set_role, catalog, who, role, TUESDAY)
        await weekly.store.write(members.set_level, who, level)
        has = {need: need in usual_needs(role, level) for need in catalog.needs}
        await weekly.store.write(tips.declare_situation, catalog, who, has, TUESDAY)
    sent: dict[MemberKey, list[tuple[int, str, str, str | None]]] = {who: [] for who in PEOPLE}
    for number in range(1, WEEKS + 1):
        for claimed in await weekly.tips(TUESDAY + (number - 1) * WEEK):
            sent[claimed.delivery.member].append((number, *facts(claimed)))
            await acts(weekly, claimed, number)
    assert sent == {who: [facts_of(week) for week in weeks if week.choice] for who, weeks in printed.items()}
    questions = [question for weeks in sent.values() for *_, question in weeks if question]
    assert {question.startswith("still:") for question in questions} == {True, False}


async def acts(weekly: Weekly, claimed: Claimed, number: int) -> None:
    """Do with a message what its member does, an hour after it came."""
    who, content, now = claimed.delivery.member, post_of(claimed), TUESDAY + (number - 1) * WEEK + HOUR
    _, _, does = PEOPLE[who]
    tip, asking = content.choice.lesson.tip.id, claimed.delivery.key
    if does in {Does.ALL, Does.MARKS} or (does is Does.HALF and number % 2):
        await weekly.store.write(practice.did, weekly.catalog, who, tip, asking, now)
    if does is Does.MARKS:
        await weekly.store.write(practice.learn, weekly.catalog, who, tip, asking, now)
    if content.still:
        said = Said(content.still.tip.id, asking, Answer.ONCE if does is Does.HALF else Answer.AGAIN)
        await weekly.store.write(checks.answer_still, weekly.catalog, who, tip, said, now)
    if content.check:
        check = content.check.check
        right = next(index for index, option in enumerate(check.options) if option.right)
        option = ChosenOption(check.id, check.version, asking, right)
        await weekly.store.write(checks.answer_in_tip, weekly.catalog, who, tip, option, now)


def facts(claimed: Claimed) -> tuple[str, str, str | None]:
    post = post_of(claimed)
    choice, asks = post.choice, WeeklyQuestion(post.check, post.still)
    return choice.lesson.tip.id, choice.reason, Week(0, choice, asks).question


def facts_of(week: Week) -> tuple[int, str, str, str | None]:
    assert week.choice is not None
    return week.number, week.choice.lesson.tip.id, week.choice.reason, week.question
