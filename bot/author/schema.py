"""JSON Schemas of content files for editors, made from the models that the loader uses.

They ask for less than the loader: packs may leave out `origin` and whole lists.
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.core.content_item import ContentItem
from bot.core.content_types import Boundary, ChallengeTemplate, Motto, Need, Role, Skill, Theme

Schema = dict[str, Any]

FILES: Mapping[str, type[ContentItem]] = {"role": Role, "skill": Skill, "challenge": ChallengeTemplate}
LISTS: Mapping[str, Mapping[str, type[ContentItem]]] = {
    "themes": {"themes": Theme, "mottos": Motto, "boundaries": Boundary},
    "needs": {"needs": Need},
}
KINDS = (*FILES, *LISTS)


def schema_json(kind: str) -> str:
    """Return the schema of a kind of file as JSON."""
    return json.dumps(schema_of(kind), indent=2) + "\n"


def schema_of(kind: str) -> Schema:
    """Return the schema of a kind of file."""
    if kind in FILES:
        return _entry(FILES[kind])
    lists = {key: {"type": "array", "items": _entry(model, has_id=True)} for key, model in LISTS[kind].items()}
    return {"type": "object", "properties": lists, "additionalProperties": False}


def _entry(model: type[ContentItem], *, has_id: bool = False) -> Schema:
    """Return the schema of an entry. Its slug is its `id` in a list, and the name of its file otherwise."""
    schema = model.model_json_schema()
    properties = dict(schema["properties"])
    slug = properties.pop("slug")
    required = [key for key in schema["required"] if key not in {"slug", "origin"}]
    if has_id:
        properties, required = {"id": slug, **properties}, ["id", *required]
    return {**schema, "properties": properties, "required": required}
