"""Rules for tips, challenges and checks: their shape, their minutes, near-duplicates, and whether they reach members.

A shingle is a run of three words. Two tasks are near-duplicates if they share three of ten shingles of the shorter one.
In the content of November 2026, the closest two share 15 of 100.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import median

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Check, ContentItem, Level, Role, Skill, Tip
from bot.core.lint.texts import Flaw, Where
from bot.core.matching import plain
from bot.core.member import Member
from bot.core.next_tip import choose_tip
from bot.core.projects import Step
from bot.core.record import MADE_UP, Record
from bot.core.year import BEGINS, YEAR

MIN_TIPS, MIN_CHECKS = 4, 2  # of a skill; one that a project teaches may have fewer tips
MIN_WORDS, MAX_WORDS = 8, 100  # of a task
MAX_WORDS_OF_STEP = 20
MAX_WORDS_OF_CARD = 72  # of a tip in steps: its title, its steps and its `done_when`
MIN_WORDS_OF_CHECK = 5  # of a `done_when`
MIN_MINUTES_WITH_OTHERS = 20  # nobody else answers faster than that
MIN_MINUTES_TO_RELEASE = 30
CHALLENGE_MINUTES = range(30, 91)
MAX_CHALLENGE = 450  # characters; it is read in a message between its name and its check
SHINGLE = 3  # words
MAX_SHARED = 0.3
NEEDS_OF_OTHERS = frozenset({"partner", "user-contact"})

_PERSON = r"(?:colleagues?|team ?mates?|reviewers?|managers?|lawyers?|customers?|users?)"
_ACTS = (
    "has|have|says?|said|agrees?|agreed|approves?|approved|accepts?|accepted|finds?|found|runs?|ran|points?|can|could|"
    "repl(?:y|ies|ied)|answers?|answered|reads?|uses?|used|signs?|signed|reviews?|reviewed|confirms?|confirmed|understands?"
)
_OTHER = rf"(?:(?:a|an|the|your|another|one|two|both|first|second) (?:\w+ )?{_PERSON}|somebody else|someone else)"
WAITS_FOR_OTHERS = re.compile(
    rf"\b(?:{_OTHER} (?:{_ACTS})|(?:approved|reviewed|signed off) by (?!you\b)|agreed with (?!you\b)|peer review)",
    re.IGNORECASE,
)
ASKS_OTHERS = re.compile(
    rf"\b(?:give|ask|show|have|let|send|swap\b.*? with|sit beside|pair with|watch) {_OTHER}", re.IGNORECASE
)
WAITS_FOR_DAYS = re.compile(
    r"\bfor (?:a|an|one|two|three|\d+) (?:whole )?(?:days?|weeks?|months?)\b|\bovernight\b|"
    r"\bthe (?:next|following) (?:day|morning|week|month)\b|\b(?:a|one) (?:day|week|month) (?:later|of data)\b|"
    r"\bafter (?:a|one|two|\d+) (?:days?|weeks?|months?)\b",
    re.IGNORECASE,
)
WAITS_FOR_RELEASE = re.compile(
    r"\b(?:is|are|has been|was) (?:merged|deployed|released|rolled out|live)\b|\bin production\b", re.IGNORECASE
)
VAGUE_ENDS = ("you have done", "you know", "you feel", "done when", "you are aware", "you understand", "it is done")


def task_findings(catalog: Catalog) -> Iterator[Flaw]:
    taught = _taught(catalog)
    for skill in catalog.skills.values():
        has_project = any(skill.slug in project.skills for project in catalog.projects.values())
        yield from _of_skill(skill, taught[skill.slug], has_project=has_project)
        for index, tip in enumerate(skill.tips):
            yield from (Flaw(skill, ("tips", index, *where), text) for where, text in _of_tip(tip))
        for index, check in enumerate(skill.checks):
            yield from (Flaw(skill, ("checks", index, *where), text) for where, text in _of_check(check))
    for template in catalog.challenges.values():
        typical = median([tip.minutes for tip in taught[template.skill]] or [0])
        yield from (Flaw(template, where, text) for where, text in _of_challenge(template, typical))


Shingle = tuple[str, ...]
Fault = tuple[Where, str]


def _taught(catalog: Catalog) -> Mapping[str, Sequence[Tip]]:
    """Return the tips of each skill, and the steps of projects that teach it."""
    taught: dict[str, list[Tip]] = {slug: [] for slug in catalog.skills}
    for skill, tip in catalog.tips:
        taught[skill.slug].append(tip)
    return taught


def _of_skill(skill: Skill, taught: Sequence[Tip], *, has_project: bool) -> Iterator[Flaw]:
    if len(taught) < MIN_TIPS and not has_project:
        yield Flaw(skill, ("tips",), f"`tips`: {len(taught)} of them; write {MIN_TIPS} or more, or a project")
    if len(skill.checks) < MIN_CHECKS:
        yield Flaw(skill, ("checks",), f"`checks`: {len(skill.checks)} of them; write {MIN_CHECKS} or more")
    if not skill.asks:
        yield Flaw(skill, ("asks",), "`asks`: none; write the words in which a person asks for this skill")
    if all(tip.needs and not isinstance(tip, Step) for tip in taught):  # a step has a way round
        yield Flaw(skill, ("tips",), "`tips`: each has `needs`; write one that anybody can do at a desk")


def _of_tip(tip: Tip) -> Iterator[Fault]:
    yield from faults_of_step(tip)
    if (count := len(f"{tip.title} {tip.instructions} {tip.done_when}".split())) > MAX_WORDS_OF_CARD:
        yield ("do",), f"`do`: {count} words with the title and `done_when`; write {MAX_WORDS_OF_CARD} at most"
    if tip.proves and not _is_sentence(tip.proves):
        yield ("proves",), "`proves`: write a whole sentence, with a capital and a full stop"
    if "own_work" not in tip.model_fields_set:
        yield ("own_work",), "`own_work`: say if it works on something of the member's own, `true` or `false`"
    yield from _of_others(tip)
    if tip.pair and "partner" not in tip.needs:
        yield ("pair",), "`pair`: is done with a colleague; add `partner` to `needs`"


def faults_of_step(tip: Tip) -> Iterator[Fault]:
    """Yield what is wrong with a tip, whether it stands in a skill or is the step of a project."""
    yield from _of_task(tip, tip.title, "title")
    yield from _of_minutes(tip)
    for index, step in enumerate(tip.do):
        if not _is_sentence(step):
            yield ("do", index), "`do`: write whole sentences, with a capital and a full stop"
        if (count := len(step.split())) > MAX_WORDS_OF_STEP:
            yield ("do", index), f"`do`: {count} words; write {MAX_WORDS_OF_STEP} at most"


def _is_sentence(text: str) -> bool:
    return text[0].isupper() and text[-1] in ".?"


def _of_task(task: Tip | ChallengeTemplate, title: str, title_key: str) -> Iterator[Fault]:
    if not title[0].isupper() or title.endswith("."):
        yield (title_key,), f"`{title_key}`: begin with a capital and end without a full stop"
    if task.minutes % 5:
        yield ("minutes",), f"`minutes`: {task.minutes}; write a multiple of 5, as nobody can estimate closer"
    done_when = task.done_when
    if re.match(r"[a-z]|[A-Z]{2}", done_when) is None or not done_when.endswith("."):
        said = '`done_when`: complete the phrase "Done when …": begin in lower case, end with a full stop'
        yield ("done_when",), said
    if done_when.casefold().startswith(VAGUE_ENDS):
        yield ("done_when",), "`done_when`: can't fail; write what somebody else could see"
    elif len(done_when.split()) < MIN_WORDS_OF_CHECK:
        yield ("done_when",), "`done_when`: too short to fail; write what somebody else could see"


def _of_others(tip: Tip) -> Iterator[Fault]:
    waits = WAITS_FOR_OTHERS.search(tip.done_when)
    asks = waits or ASKS_OTHERS.search(tip.instructions)
    if asks and not NEEDS_OF_OTHERS & set(tip.needs):
        key, said = "done_when" if waits else "do", f'"{asks.group()}" depends on somebody else'
        yield (key,), f"`{key}`: {said}; add `partner` to `needs`, or let it end at the desk"
    if waits and tip.minutes < MIN_MINUTES_WITH_OTHERS:
        said = f'`minutes`: {tip.minutes} are too few for "{waits.group()}"; allow {MIN_MINUTES_WITH_OTHERS} or more'
        yield ("minutes",), said


def _of_minutes(tip: Tip) -> Iterator[Fault]:
    if days := WAITS_FOR_DAYS.search(tip.done_when):
        said = f'`done_when`: "{days.group()}" takes longer than {tip.minutes} minutes; check something sooner'
        yield ("done_when",), said
    if (release := WAITS_FOR_RELEASE.search(tip.done_when)) and tip.minutes < MIN_MINUTES_TO_RELEASE:
        said = f'`minutes`: {tip.minutes} are too few for "{release.group()}"; allow {MIN_MINUTES_TO_RELEASE} or more'
        yield ("minutes",), said


def _of_challenge(template: ChallengeTemplate, typical: float) -> Iterator[Fault]:
    yield from _of_task(template, template.name, "name")
    if not _is_sentence(template.do):
        yield ("do",), "`do`: write whole sentences, with a capital and a full stop"
    if not MIN_WORDS <= (count := len(template.do.split())) <= MAX_WORDS:
        yield ("do",), f"`do`: {count} words; write {MIN_WORDS} to {MAX_WORDS}"
    if template.minutes not in CHALLENGE_MINUTES:
        yield ("minutes",), f"`minutes`: {template.minutes}; a challenge takes 30 to 90"
    if template.minutes <= typical:
        said = f"`minutes`: {template.minutes}; write more than most tips of its skill take ({typical:g})"
        yield ("minutes",), said
    if len(template.do) >= MAX_CHALLENGE:
        yield ("do",), f"`do`: {len(template.do)} characters; write less than {MAX_CHALLENGE}"
    evidence = template.evidence
    if not evidence[0].isupper() or not evidence.endswith("?") or evidence.count("?") != 1:
        yield ("evidence",), "`evidence`: write one question, with a capital and one question mark"


def _of_check(check: Check) -> Iterator[Fault]:
    if "?" not in check.ask:
        yield ("ask",), "`ask`: end the situation with a question"
    for index, option in enumerate(check.options):
        if re.search(r"\b(?:all|none|both) of (?:the above|these)\b", option.text, re.IGNORECASE):
            yield ("options", index, "text"), "`text`: write an answer of its own instead of pointing at the others"
    if len({plain(option.because) for option in check.options}) != len(check.options):
        yield ("options",), "`because`: two options have the same; say what happens after each answer"


def similar_findings(catalog: Catalog) -> Iterator[Flaw]:
    tasks = list(_tasks(catalog))
    shingles = [_shingles(text) for *_, text in tasks]
    users: defaultdict[Shingle, list[int]] = defaultdict(list)
    for number, found in enumerate(shingles):
        for shingle in found:
            users[shingle].append(number)
    pairs = {pair for numbers in users.values() for pair in combinations(numbers, 2)}
    for first, second in sorted(pairs):
        shared = len(shingles[first] & shingles[second]) / min(len(shingles[first]), len(shingles[second]))
        if shared >= MAX_SHARED:
            item, where, name, _ = tasks[second]
            said = f"{name!r} says nearly the same as {tasks[first][2]!r} ({shared:.0%} of the shorter one)"
            yield Flaw(item, where, f"{said}; write another task, or delete one of them")


def _tasks(catalog: Catalog) -> Iterator[tuple[ContentItem, Where, str, str]]:
    """Yield each tip and challenge: its entry, its place in it, its id and its words."""
    for skill in catalog.skills.values():
        for index, tip in enumerate(skill.tips):
            where = ("tips", index, "do")
            yield skill, where, tip.id, f"{tip.title} {tip.instructions} {tip.done_when}"
    for template in catalog.challenges.values():
        yield template, ("do",), template.slug, f"{template.name} {template.do} {template.done_when}"


def _shingles(text: str) -> frozenset[Shingle]:
    words = plain(text).split()
    return frozenset(zip(*(words[start:] for start in range(SHINGLE)), strict=False))


def coverage_findings(catalog: Catalog) -> Iterator[Flaw]:
    """Yield each need, skill, prerequisite and theme that nothing leads to, and each role that lacks a challenge."""
    used = {need for lesson in catalog.lessons.values() for need in catalog.needs_of(lesson.tip)}
    for need in catalog.needs.values():
        if need.slug not in used:
            yield Flaw(need, (), f"need {need.slug!r} is used by no tip; use it or delete it")
    yield from _untaught(catalog)
    yield from _unchallenged(catalog)
    for role in catalog.roles.values():
        for index, slug in enumerate(role.singles):
            if slug in catalog.lessons and not catalog.lessons[slug].tip.is_for(role):
                yield Flaw(role, ("singles", index), f"tip {slug!r} is for other roles; take another one")


def _untaught(catalog: Catalog) -> Iterator[Flaw]:
    taught = {slug for role in catalog.roles.values() for slug in role.skills}
    for skill in catalog.skills.values():
        if skill.slug not in taught:
            yield Flaw(skill, (), f"skill {skill.slug!r} is on no path; add it to `skills:` of a role")
        for index, slug in enumerate(skill.needs_skills):
            if slug not in taught:
                yield Flaw(skill, ("needs_skills", index), f"skill {slug!r} is needed, but taught on no path")
    for theme in catalog.themes.values():
        if theme.slug not in catalog.taught_themes:
            yield Flaw(theme, (), f"theme {theme.slug!r} has no skill; write one or delete it")


def _unchallenged(catalog: Catalog) -> Iterator[Flaw]:
    themes = {template.theme for template in catalog.challenges.values()}
    skills = {template.skill for template in catalog.challenges.values()}
    for theme in catalog.themes.values():
        if theme.slug not in themes:
            yield Flaw(theme, (), f"theme {theme.slug!r} has no challenge; write one")
    for role in catalog.roles.values():
        if skills.isdisjoint(role.skills):
            yield Flaw(role, ("skills",), f"no challenge is about a skill of {role.slug!r}; write one")


def year_findings(catalog: Catalog) -> Iterator[Flaw]:
    """Yield each role, and nobody's role, for which a year brings a tip twice or one that the member can't do.

    Tried by the chooser itself, for members who mark nothing, with every need and with any one of them missing.
    """
    for role in (None, *catalog.roles.values()):
        for lacks in (None, *catalog.needs):
            if (weeks := min(_weeks(catalog, role, level, lacks) for level in Level)) < YEAR:
                who = f"a member of role {role.slug!r}" if role else "a member without a role"
                without = f" who lacks {lacks!r}" if lacks else ""
                said = f"{who}{without} has no new tip to do after {weeks} weeks"
                yield Flaw(role, ("skills",), f"{said}; write tips until a year of {YEAR} has its own each")


def _weeks(catalog: Catalog, role: Role | None, level: Level, lacks: str | None) -> int:
    """Return how many weeks, at most a year, pass until a tip comes back or does not fit."""
    needs = {} if lacks is None else {lacks: False}
    record = Record(Member(MADE_UP, role.slug if role else None, level=level), needs=needs)
    for week in range(YEAR):
        lesson = choose_tip(catalog, record).lesson
        if lesson.tip.id in record.given or lacks in catalog.needs_of(lesson.tip):
            return week
        record = record.with_given(lesson.tip.id, BEGINS)
    return YEAR
