"""What a team allows: its approved tools, its kinds of data, and which data may go into which tool."""

from collections.abc import Collection, Mapping

from pydantic import Field

from bot.core.content_types import Line, Name, Part, Slug
from bot.core.errors import NextStep, Unclear, UserError, quoted
from bot.core.matching import MAX_NAME, match, names_of

KIND = "tool or kind of data"
ALL = NextStep("What is allowed", "allowed")


class Listed(Part):
    """Something that people ask about by its name."""

    id: Slug
    name: Name
    aliases: tuple[Line, ...] = Field(default=(), max_length=12)
    note: Line | None = None


class Tool(Listed):
    """A tool that the team has approved."""


class DataClass(Listed):
    """A kind of data, and the tools into which it may go; none: into no tool at all."""

    may_go: tuple[Slug, ...] = Field(default=(), max_length=20)


class Policy(Part):
    """A `policy.yaml`. `forbids` are needs of tips: no member is given a tip that needs one of them."""

    contact: Line | None = None
    tools: tuple[Tool, ...] = Field(default=(), max_length=20)
    data: tuple[DataClass, ...] = Field(default=(), max_length=20)
    forbids: tuple[Slug, ...] = ()

    @property
    def entries(self) -> Mapping[str, Tool | DataClass]:
        return {tool.id: tool for tool in self.tools} | {data.id: data for data in self.data}

    def permits(self, needs: Collection[str]) -> bool:
        return not any(need in self.forbids for need in needs)

    def may_hold(self, tool: Tool) -> tuple[DataClass, ...]:
        return tuple(each for each in self.data if tool.id in each.may_go)

    def places_for(self, data: DataClass) -> tuple[Tool, ...]:
        return tuple(tool for tool in self.tools if tool.id in data.may_go)

    def named(self, words: str) -> Tool | DataClass:
        """Return the tool or the kind of data that is meant. Raise UserError for what the policy does not list."""
        entries: Mapping[str, Tool | DataClass] = self.entries
        if len(words) > MAX_NAME:
            raise UserError(f"That name is too long ({MAX_NAME} letters at most).", ALL)
        slugs = match(words, names_of((slug, (entry.name, *entry.aliases)) for slug, entry in entries.items()))
        if not slugs:
            whom = f" Ask {self.contact} first." if self.contact else " Ask before you use it."
            raise UserError(f"{quoted(words)} is not on the list, so take it as not allowed.{whom}", ALL)
        if len(slugs) > 1:
            choices = ((entries[slug].name, slug) for slug in slugs)
            raise Unclear(f"Which {KIND} do you mean?", KIND, choices, several=True)
        return entries[slugs[0]]
