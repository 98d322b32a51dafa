"""Rules for tips, challenges and checks: their shape, and whether their minutes fit what they ask for."""

import re
from collections.abc import Iterator
from statistics import median

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Check, Skill, Tip
from bot.core.lint.finding import Finding, Where
from bot.core.matching import plain

MIN_TIPS, MIN_CHECKS = 4, 2  # of a skill
MIN_WORDS, MAX_WORDS = 8, 100  # of a task
MIN_WORDS_OF_CHECK = 5  # of a `done_when`
MIN_MINUTES_WITH_OTHERS = 20  # nobody else answers faster than that
MIN_MINUTES_TO_RELEASE = 30
CHALLENGE_MINUTES = range(30, 91)
MAX_CHALLENGE = 450  # characters; it is read in a message between its name and its check
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


def task_findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield what is wrong with the tips, checks and challenges of a catalogue."""
    for skill in catalog.skills.values():
        yield from _of_skill(skill)
        for index, tip in enumerate(skill.tips):
            yield from (Finding(skill, ("tips", index, *where), text) for where, text in _of_tip(tip))
        for index, check in enumerate(skill.checks):
            yield from (Finding(skill, ("checks", index, *where), text) for where, text in _of_check(check))
    for template in catalog.challenges.values():
        typical = median(tip.minutes for tip in catalog.skills[template.skill].tips)
        yield from (Finding(template, where, text) for where, text in _of_challenge(template, typical))


Fault = tuple[Where, str]


def _of_skill(skill: Skill) -> Iterator[Finding]:
    if len(skill.tips) < MIN_TIPS:
        yield Finding(skill, ("tips",), f"`tips`: {len(skill.tips)} of them; write {MIN_TIPS} or more")
    if len(skill.checks) < MIN_CHECKS:
        yield Finding(skill, ("checks",), f"`checks`: {len(skill.checks)} of them; write {MIN_CHECKS} or more")
    if not skill.asks:
        yield Finding(skill, ("asks",), "`asks`: none; write the words in which a person asks for this skill")
    if all(tip.needs for tip in skill.tips):
        yield Finding(skill, ("tips",), "`tips`: each has `needs`; write one that anybody can do at a desk")


def _of_tip(tip: Tip) -> Iterator[Fault]:
    yield from _of_task(tip, tip.title, "title")
    yield from _of_minutes(tip)


def _of_task(task: Tip | ChallengeTemplate, title: str, title_key: str) -> Iterator[Fault]:
    if not title[0].isupper() or title.endswith("."):
        yield (title_key,), f"`{title_key}`: begin with a capital and end without a full stop"
    if not task.do[0].isupper() or task.do[-1] not in ".?":
        yield ("do",), "`do`: write whole sentences, with a capital and a full stop"
    if not MIN_WORDS <= (count := len(task.do.split())) <= MAX_WORDS:
        yield ("do",), f"`do`: {count} words; write {MIN_WORDS} to {MAX_WORDS}"
    if task.minutes % 5:
        yield ("minutes",), f"`minutes`: {task.minutes}; write a multiple of 5, as nobody can estimate closer"
    yield from _of_done_when(task.done_when)


def _of_done_when(done_when: str) -> Iterator[Fault]:
    if re.match(r"[a-z]|[A-Z]{2}", done_when) is None or not done_when.endswith("."):
        yield (
            ("done_when",),
            '`done_when`: complete the phrase "Done when …": begin in lower case, end with a full stop',
        )
    if done_when.casefold().startswith(VAGUE_ENDS):
        yield ("done_when",), "`done_when`: can't fail; write what somebody else could see"
    elif len(done_when.split()) < MIN_WORDS_OF_CHECK:
        yield ("done_when",), "`done_when`: too short to fail; write what somebody else could see"


def _of_minutes(tip: Tip) -> Iterator[Fault]:
    """Yield what a tip can't reach within its minutes, or alone."""
    waits = WAITS_FOR_OTHERS.search(tip.done_when)
    asks = waits or ASKS_OTHERS.search(tip.do)
    if asks and not NEEDS_OF_OTHERS & set(tip.needs):
        key = "done_when" if waits else "do"
        yield (
            (key,),
            f'`{key}`: "{asks.group()}" depends on somebody else; add `partner` to `needs`, or let it end at the desk',
        )
    if waits and tip.minutes < MIN_MINUTES_WITH_OTHERS:
        yield (
            ("minutes",),
            f'`minutes`: {tip.minutes} are too few for "{waits.group()}"; allow {MIN_MINUTES_WITH_OTHERS} or more',
        )
    if days := WAITS_FOR_DAYS.search(tip.done_when):
        yield (
            ("done_when",),
            f'`done_when`: "{days.group()}" takes longer than {tip.minutes} minutes; check something sooner',
        )
    if (release := WAITS_FOR_RELEASE.search(tip.done_when)) and tip.minutes < MIN_MINUTES_TO_RELEASE:
        yield (
            ("minutes",),
            f'`minutes`: {tip.minutes} are too few for "{release.group()}"; allow {MIN_MINUTES_TO_RELEASE} or more',
        )


def _of_challenge(template: ChallengeTemplate, typical: float) -> Iterator[Fault]:
    yield from _of_task(template, template.name, "name")
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
