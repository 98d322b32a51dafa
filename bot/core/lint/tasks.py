"""Rules for tips, projects, challenges and checks: shape, words, minutes, near-duplicates, and if they reach members.

A shingle is a run of three words. Two tasks are near-duplicates if they share three of ten shingles of the shorter one.
In the content of November 2026, the closest two share 15 of 100.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from statistics import median

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Check, ContentItem, Level, Tip
from bot.core.lint.texts import Flaw, Where, texts_of, word_findings
from bot.core.matching import plain
from bot.core.member import Member
from bot.core.next_tip import new_of, singles
from bot.core.projects import Project, Step
from bot.core.record import MADE_UP, Record
from bot.core.year import YEAR

MIN_TIPS, MIN_CHECKS = 4, 2  # of a skill; one that a project teaches may have fewer tips
MIN_WORDS, MAX_WORDS = 8, 100  # of a task
MAX_WORDS_OF_STEP = 20
MAX_WORDS_OF_CARD = 72  # of a tip in steps: its title, its steps and its `done_when`
MIN_MINUTES_WITH_OTHERS = 20  # nobody else answers faster than that
MIN_MINUTES_TO_RELEASE = 30
MAX_CHALLENGE = 450  # characters; it is read in a message between its name and its check
NEEDS_OF_OTHERS = frozenset({"partner", "user-contact"})
MAX_MINUTES_OF_FIRST = 20
MAX_WORDS_OF_STEP_CARD = 80  # its title, `why`, `do` and `done_when`
MAX_WORDS_OF_MESSAGE = {True: 100, False: 92}  # of a first step, of a later one; with what stands in each: 120, 110
MAX_WORDS_OF_A_PROJECT = {"name": 8, "outcome": 20, "why": 20}
MAX_WORDS_OF_A_STEP = {"title": 8, "why": 20, "makes": 8, "small": 30, "small_done_when": 14, "free": MAX_WORDS_OF_STEP}

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
ENDS_IN_TICKET = re.compile(r"\b(?:in|into|as) (?:a|the|one) ticket\b|\bticket (?:is|says|names)\b", re.IGNORECASE)
VAGUE_ENDS = ("you have done", "you know", "you feel", "done when", "you are aware", "you understand", "it is done")

Fault = tuple[Where, str]


def findings(catalog: Catalog) -> Iterator[Flaw]:
    for text in texts_of(catalog):
        yield from word_findings(text)
    yield from task_findings(catalog)
    yield from project_findings(catalog)
    yield from similar_findings(catalog)
    yield from coverage_findings(catalog)
    yield from year_findings(catalog)


def task_findings(catalog: Catalog) -> Iterator[Flaw]:
    taught: dict[str, list[Tip]] = {slug: [] for slug in catalog.skills}
    for teaching, tip in catalog.tips:
        taught[teaching.slug].append(tip)
    for skill in catalog.skills.values():
        tips = taught[skill.slug]
        if len(tips) < MIN_TIPS and not any(skill.slug in project.skills for project in catalog.projects.values()):
            yield Flaw(skill, ("tips",), f"`tips`: {len(tips)} of them; write {MIN_TIPS} or more, or a project")
        if len(skill.checks) < MIN_CHECKS:
            yield Flaw(skill, ("checks",), f"`checks`: {len(skill.checks)} of them; write {MIN_CHECKS} or more")
        if not skill.asks:
            yield Flaw(skill, ("asks",), "`asks`: none; write the words in which a person asks for this skill")
        if all(tip.needs and not isinstance(tip, Step) for tip in tips):  # a step has a way round
            yield Flaw(skill, ("tips",), "`tips`: each has `needs`; write one that anybody can do at a desk")
        for index, tip in enumerate(skill.tips):
            yield from (Flaw(skill, ("tips", index, *where), text) for where, text in _of_tip(tip))
        for index, check in enumerate(skill.checks):
            yield from (Flaw(skill, ("checks", index, *where), text) for where, text in _of_check(check))
    for template in catalog.challenges.values():
        typical = median([tip.minutes for tip in taught[template.skill]] or [0])
        yield from (Flaw(template, where, text) for where, text in _of_challenge(template, typical))


def _of_tip(tip: Tip) -> Iterator[Fault]:
    yield from _of_any_tip(tip)
    if (count := len(f"{tip.title} {tip.instructions} {tip.done_when}".split())) > MAX_WORDS_OF_CARD:
        yield ("do",), f"`do`: {count} words with the title and `done_when`; write {MAX_WORDS_OF_CARD} at most"
    if tip.proves and not _is_sentence(tip.proves):
        yield ("proves",), "`proves`: write a whole sentence, with a capital and a full stop"
    if "own_work" not in tip.model_fields_set:
        yield ("own_work",), "`own_work`: say if it works on something of the member's own, `true` or `false`"
    waits = WAITS_FOR_OTHERS.search(tip.done_when)
    asks = waits or ASKS_OTHERS.search(tip.instructions)
    if asks and not NEEDS_OF_OTHERS & set(tip.needs):
        key, said = "done_when" if waits else "do", f'"{asks.group()}" depends on somebody else'
        yield (key,), f"`{key}`: {said}; add `partner` to `needs`, or let it end at the desk"
    if waits and tip.minutes < MIN_MINUTES_WITH_OTHERS:
        said = f'`minutes`: {tip.minutes} are too few for "{waits.group()}"; allow {MIN_MINUTES_WITH_OTHERS} or more'
        yield ("minutes",), said
    if tip.pair and "partner" not in tip.needs:
        yield ("pair",), "`pair`: is done with a colleague; add `partner` to `needs`"


def _of_any_tip(tip: Tip) -> Iterator[Fault]:
    yield from _of_task(tip, tip.title, "title")
    if days := WAITS_FOR_DAYS.search(tip.done_when):
        said = f'`done_when`: "{days.group()}" takes longer than {tip.minutes} minutes; check something sooner'
        yield ("done_when",), said
    if (release := WAITS_FOR_RELEASE.search(tip.done_when)) and tip.minutes < MIN_MINUTES_TO_RELEASE:
        said = f'`minutes`: {tip.minutes} are too few for "{release.group()}"; allow {MIN_MINUTES_TO_RELEASE} or more'
        yield ("minutes",), said
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
    elif len(done_when.split()) < 5:
        yield ("done_when",), "`done_when`: too short to fail; write what somebody else could see"


def _of_challenge(template: ChallengeTemplate, typical: float) -> Iterator[Fault]:
    yield from _of_task(template, template.name, "name")
    if not _is_sentence(template.do):
        yield ("do",), "`do`: write whole sentences, with a capital and a full stop"
    if not MIN_WORDS <= (count := len(template.do.split())) <= MAX_WORDS:
        yield ("do",), f"`do`: {count} words; write {MIN_WORDS} to {MAX_WORDS}"
    if not 30 <= template.minutes <= 90:
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


def project_findings(catalog: Catalog) -> Iterator[Flaw]:
    offered = {slug for role in catalog.roles.values() for level in Level for slug in role.projects.of(level)}
    for project in catalog.projects.values():
        if project.slug not in offered:
            yield Flaw(project, (), f"project {project.slug!r} is in no role's `projects:`; add it to one")
        faults = (*_of_project(project), *_of_words(project), *_of_steps(project))
        yield from (Flaw(project, where, text) for where, text in faults)


def _of_project(project: Project) -> Iterator[Fault]:
    extra = [step.extra for step in project.steps]
    if not 3 <= len(project.main_steps) <= 5:
        yield ("steps",), f"`steps`: {len(project.main_steps)} lead to the end; write three to five"
    if sum(extra) > 1 or any(extra[:-1]):
        yield ("steps",), "`extra`: only the last step may be one"
    if project.half_way.after >= len(project.main_steps):
        yield ("half_way", "after"), "`after`: is the end; half-way stands before the last step"
    if project.steps[0].minutes > MAX_MINUTES_OF_FIRST:
        said = f"`minutes`: {project.steps[0].minutes}; a first step takes {MAX_MINUTES_OF_FIRST} at most"
        yield ("steps", 0, "minutes"), said
    if not any(NEEDS_OF_OTHERS & set(step.needs) for step in project.main_steps):
        yield ("steps",), "`steps`: nobody else appears; let one step be done with another person"
    if project.again.uses not in {None, project.keeps.name, *(step.makes for step in project.steps)}:
        yield ("again", "uses"), f"`uses`: no step makes {project.again.uses!r}"
    for number, need in enumerate(project.needs):
        if need not in project.without:
            yield ("needs", number), f"`needs`: say in `without:` what who lacks {need!r} does"


def _of_words(project: Project) -> Iterator[Fault]:
    limited: list[tuple[Where, Project | Step, int]] = []
    limited += [((key,), project, most) for key, most in MAX_WORDS_OF_A_PROJECT.items()]
    for index, step in enumerate(project.steps):
        limited += [(("steps", index, key), step, most) for key, most in MAX_WORDS_OF_A_STEP.items()]
        count = len(f"{step.title} {step.why} {step.instructions} {step.done_when}".split())
        if count > MAX_WORDS_OF_STEP_CARD:
            said = f"`do`: {count} words with the title, `why` and `done_when`; write {MAX_WORDS_OF_STEP_CARD} at most"
            yield ("steps", index, "do"), said
        others = (project.outcome, *project.source_lines[:1]) if index == 0 else (step.uses or "",)
        shown = " ".join((project.name, step.title, step.why, step.instructions, step.done_when, *others))
        if (count := len(re.findall(r"\S*\w\S*", shown))) > (most := MAX_WORDS_OF_MESSAGE[index == 0]):
            said = f"`do`: its message has {count} words with the project's name, "
            said += "its `outcome` and the first of `source_lines`" if index == 0 else "and what it `uses`"
            yield ("steps", index, "do"), f"{said}; write {most} at most"
    for where, part, most in limited:
        if (count := len((getattr(part, str(where[-1])) or "").split())) > most:
            yield where, f"`{where[-1]}`: {count} words; write {most} at most"


def _of_steps(project: Project) -> Iterator[Fault]:
    made, main_steps = {project.keeps.name}, project.main_steps
    for index, step in enumerate(project.steps):
        yield from ((("steps", index, *where), text) for where, text in _of_any_tip(step))
        lacked = set(step.needs) - set(project.without)
        if lacked and not step.free:
            said = f"`needs`: say in `free:` what who lacks {min(lacked)!r} does, or in the project's `without:`"
            yield ("steps", index, "needs"), said
        if step.uses is None and index:
            yield ("steps", index), "`uses`: name what an earlier step makes, so that the steps build on each other"
        if step.uses is not None and step.uses not in made:
            yield ("steps", index, "uses"), f"`uses`: no earlier step makes {step.uses!r}"
        if step.makes.casefold().startswith(VAGUE_ENDS):
            yield ("steps", index, "makes"), "`makes`: name a thing that somebody could open"
        made.add(step.makes)
    for index, step in enumerate(main_steps):
        if ENDS_IN_TICKET.search(step.done_when):
            if step is main_steps[-1]:
                yield ("steps", index, "done_when"), "`done_when`: the last step ends in a ticket"
            elif main_steps[index + 1].uses != step.makes:
                yield ("steps", index, "done_when"), "`done_when`: ends in a ticket that the next step does not do"


def similar_findings(catalog: Catalog) -> Iterator[Flaw]:
    tasks: list[tuple[ContentItem, Where, str, str]] = []  # an entry, the place in it, the id and the words of a task
    for skill in catalog.skills.values():
        for index, tip in enumerate(skill.tips):
            words = f"{tip.title} {tip.instructions} {tip.done_when}"
            tasks.append((skill, ("tips", index, "do"), tip.id, words))
    for template in catalog.challenges.values():
        words = f"{template.name} {template.do} {template.done_when}"
        tasks.append((template, ("do",), template.slug, words))
    shingles: list[set[tuple[str, ...]]] = []
    users = defaultdict[tuple[str, ...], list[int]](list)
    for number, (*_, text) in enumerate(tasks):
        plain_words = plain(text).split()
        shingles.append(set(zip(*(plain_words[start:] for start in range(3)), strict=False)))
        for shingle in shingles[-1]:
            users[shingle].append(number)
    pairs = {pair for numbers in users.values() for pair in combinations(numbers, 2)}
    for first, second in sorted(pairs):
        shared = len(shingles[first] & shingles[second]) / min(len(shingles[first]), len(shingles[second]))
        if shared >= 0.3:
            item, where, name, _ = tasks[second]
            said = f"{name!r} says nearly the same as {tasks[first][2]!r} ({shared:.0%} of the shorter one)"
            yield Flaw(item, where, f"{said}; write another task, or delete one of them")


def coverage_findings(catalog: Catalog) -> Iterator[Flaw]:
    """Yield each need, skill, prerequisite and theme that nothing leads to, and each role that lacks a challenge."""
    used = {need for lesson in catalog.lessons.values() for need in catalog.needs_of(lesson.tip)}
    for need in catalog.needs.values():
        if need.slug not in used:
            yield Flaw(need, (), f"need {need.slug!r} is used by no tip; use it or delete it")
    on_a_path = {slug for role in catalog.roles.values() for slug in role.skills}
    for skill in catalog.skills.values():
        if skill.slug not in on_a_path:
            yield Flaw(skill, (), f"skill {skill.slug!r} is on no path; add it to `skills:` of a role")
        for index, slug in enumerate(skill.needs_skills):
            if slug not in on_a_path:
                yield Flaw(skill, ("needs_skills", index), f"skill {slug!r} is needed, but taught on no path")
    yield from _of_themes_and_roles(catalog)


def _of_themes_and_roles(catalog: Catalog) -> Iterator[Flaw]:
    taught = {skill.theme for skill in catalog.skills.values()}
    challenged = {template.theme for template in catalog.challenges.values()}
    for theme in catalog.themes.values():
        if theme.slug not in taught:
            yield Flaw(theme, (), f"theme {theme.slug!r} has no skill; write one or delete it")
        if theme.slug not in challenged:
            yield Flaw(theme, (), f"theme {theme.slug!r} has no challenge; write one")
    skills = {template.skill for template in catalog.challenges.values()}
    for role in catalog.roles.values():
        if skills.isdisjoint(role.skills):
            yield Flaw(role, ("skills",), f"no challenge is about a skill of {role.slug!r}; write one")
        for index, slug in enumerate(role.singles):
            if slug in catalog.lessons and not catalog.lessons[slug].tip.is_for(role):
                yield Flaw(role, ("singles", index), f"tip {slug!r} is for other roles; take another one")


def year_findings(catalog: Catalog) -> Iterator[Flaw]:
    """Yield each role for whose members, who mark nothing, a year brings a tip twice or one that they can't do."""
    for role in (None, *catalog.roles.values()):
        member = Member(MADE_UP, role.slug if role else None)
        for lacks in (None, *catalog.needs):
            record = Record(member, needs={} if lacks is None else {lacks: False})
            if (weeks := sum(1 for _ in new_of(catalog, record, set(singles(catalog, record))))) < YEAR:
                who = f"a member of role {role.slug!r}" if role else "a member without a role"
                without = f" who lacks {lacks!r}" if lacks else ""
                said = f"{who}{without} has no new tip to do after {weeks} weeks"
                yield Flaw(role, ("skills",), f"{said}; write tips until a year of {YEAR} has its own each")
