"""What is new on a member's path: entries of the content that were added or whose words changed."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_item import Part
from bot.core.content_types import ChallengeTemplate, Role, Skill, Tip


class EntryKind(StrEnum):
    """What can be new. A place is a skill's place on the path of a role."""

    ROLE = "role"
    PLACE = "place"
    SKILL = "skill"
    TIP = "tip"
    CHALLENGE = "challenge"


class EntryKey(NamedTuple):
    """The name of an entry. That of a place is `role/skill`."""

    kind: EntryKind
    slug: str


# What no member reads in the entry: how it is found, who keeps it true, and entries inside it.
_NOT_READ = {
    "slug", "id", "origin", "aliases", "asks", "owner", "reviewed_on", "review_by", "catch_all", "needs_skills",
    "skills", "tips", "checks",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """When the words of an entry last changed. `added_at` is None if it was there at the very first reading."""

    key: EntryKey
    changed_at: datetime
    added_at: datetime | None


@dataclass(frozen=True, slots=True)
class SkillNews:
    """What is new about a skill. `at`: the latest change. `is_new`: the skill came onto the path."""

    skill: Skill
    at: datetime
    is_new: bool
    reworded: bool
    new_tips: tuple[Tip, ...]
    changed_tips: tuple[Tip, ...]
    new_challenges: tuple[ChallengeTemplate, ...]
    changed_challenges: tuple[ChallengeTemplate, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What is new for a role, the latest first."""

    role: Role
    reworded: bool
    skills: tuple[SkillNews, ...]


def hashes(catalog: Catalog) -> dict[EntryKey, str]:
    """Return a hash of the words of each entry. It changes only if members read something else than before."""
    return {key: hashlib.sha256(words.encode()).hexdigest()[:16] for key, words in _words(catalog)}


def _words(catalog: Catalog) -> Iterator[tuple[EntryKey, str]]:
    for role in catalog.roles.values():
        yield EntryKey(EntryKind.ROLE, role.slug), _read(role)
        yield from ((place(role, slug), slug) for slug in role.skills)
    for skill in catalog.skills.values():
        yield EntryKey(EntryKind.SKILL, skill.slug), _read(skill)
        yield from ((EntryKey(EntryKind.TIP, tip.id), _read(tip)) for tip in skill.tips)
    for template in catalog.challenges.values():
        yield EntryKey(EntryKind.CHALLENGE, template.slug), _read(template)


def _read(entry: Part) -> str:
    """Return what members read. Values that an entry leaves out do not count, so a new kind of value changes none."""
    return json.dumps(entry.model_dump(mode="json", exclude=_NOT_READ, exclude_defaults=True))


def place(role: Role, skill: str) -> EntryKey:
    """Return the key of a skill's place on the path of a role."""
    return EntryKey(EntryKind.PLACE, f"{role.slug}/{skill}")


def news_for(catalog: Catalog, role: Role, changes: Iterable[Changed], since: datetime) -> News:
    """Return what is new for a role since then. Changes of other roles and skills do not count."""
    recent = _Recent({each.key: each for each in changes if each.changed_at > since}, since)
    challenges: dict[str, list[ChallengeTemplate]] = {}
    for template in catalog.challenges.values():
        challenges.setdefault(template.skill, []).append(template)
    found = (recent.about(role, skill, challenges.get(skill.slug, ())) for skill in catalog.path(role))
    skills = sorted((each for each in found if each is not None), key=lambda each: each.at, reverse=True)
    return News(role, EntryKey(EntryKind.ROLE, role.slug) in recent.changes, tuple(skills))


@dataclass(frozen=True, slots=True)
class _Recent:
    """The changes since a moment, by the entry that changed."""

    changes: Mapping[EntryKey, Changed]
    since: datetime

    def about(self, role: Role, skill: Skill, challenges: Iterable[ChallengeTemplate]) -> SkillNews | None:
        """Return what is new about a skill on this path; None if nothing is."""
        itself = EntryKey(EntryKind.SKILL, skill.slug)
        tips = {EntryKey(EntryKind.TIP, tip.id): tip for tip in skill.tips}
        templates = {EntryKey(EntryKind.CHALLENGE, template.slug): template for template in challenges}
        keys = (place(role, skill.slug), itself, *tips, *templates)
        at = max((self.changes[key].changed_at for key in keys if key in self.changes), default=None)
        if at is None:
            return None
        return SkillNews(
            skill=skill,
            at=at,
            is_new=place(role, skill.slug) in self.changes,
            reworded=itself in self.changes and not self._is_new(itself),
            new_tips=tuple(tip for key, tip in tips.items() if self._is_new(key)),
            changed_tips=tuple(tip for key, tip in tips.items() if key in self.changes and not self._is_new(key)),
            new_challenges=tuple(each for key, each in templates.items() if self._is_new(key)),
            changed_challenges=tuple(
                each for key, each in templates.items() if key in self.changes and not self._is_new(key)
            ),
        )

    def _is_new(self, key: EntryKey) -> bool:
        change = self.changes.get(key)
        return change is not None and change.added_at is not None and change.added_at > self.since
