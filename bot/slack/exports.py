"""Gather everything that is stored about a member, as JSON or JSON Lines. A long history does not block the loop."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.coach import exports
from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey
from bot.slack.message import to_json
from bot.store import Store

FILE_NAME = "roleshift-my-data.json"
ABOUT, NAMING = "about_you", "naming_you"
ROW, MORE_OF_ROW = "row", "more_of_row"
MAX_PIECE = 300  # letters of a text in a row that is too long for one line; a letter may need six characters
# In JSON these letters stand only in strings. Escaped, the text is the same JSON, and safe in mrkdwn and in HTML.
ESCAPES = str.maketrans({"&": r"\u0026", "<": r"\u003c", ">": r"\u003e", "`": r"\u0060"})

Row = dict[str, Any]


class ForgottenMeanwhile(UserError):
    """A member was forgotten while their data was gathered."""

    def __init__(self) -> None:
        super().__init__(
            "You were forgotten meanwhile, so there is nothing to export.", NextStep("Start again", "myrole")
        )


@dataclass(frozen=True, slots=True)
class Export:
    """The rows about a member by table, the rows of other tables that name them, and all of it as JSON."""

    who: MemberKey
    met_at: datetime
    about: dict[str, list[Row]] = field(default_factory=dict)
    naming: dict[str, list[Row]] = field(default_factory=dict)
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, part: str, table: str, rows: list[Row]) -> None:
        """Add a page of rows."""
        kept = self.about if part == ABOUT else self.naming
        kept.setdefault(table, []).extend(rows)
        self._lines.setdefault(f"{part} {table}", []).extend(map(_line, rows))

    @property
    def json(self) -> str:
        """Return the whole export as JSON, with one row in each line."""
        about, naming = self._tables(ABOUT, self.about), self._tables(NAMING, self.naming)
        return f"{to_json(self._whose)[:-1]},\n{about},\n{naming}}}\n"

    def lines(self, most: int) -> Iterator[str]:
        """Yield the export as JSON Lines: whose it is, and then row by row. No line is longer than `most` characters.

        A longer row goes on in lines with `more_of_row`. A field that is in several of them is one text, cut in pieces.
        """
        yield _line(self._whose)
        for part, tables in ((ABOUT, self.about), (NAMING, self.naming)):
            for table, rows in tables.items():
                for row in rows:
                    whole = _line({part: table, ROW: row})
                    yield from [whole] if len(whole) <= most else _cut({part: table}, row, most)

    @property
    def _whose(self) -> Row:
        return {"workspace_id": self.who.workspace_id, "member_id": self.who.member_id}

    def _tables(self, part: str, kept: dict[str, list[Row]]) -> str:
        return f'"{part}":{{\n' + ",\n".join(self._rows(part, table) for table in kept) + "}"

    def _rows(self, part: str, table: str) -> str:
        return f'"{table}":[\n' + ",\n".join(self._lines[f"{part} {table}"]) + "]"


def _line(row: Row) -> str:
    return to_json(row).translate(ESCAPES)


def _cut(table: Row, row: Row, most: int) -> Iterator[str]:
    """Yield a long row in several lines."""
    name, fields = ROW, Row()
    for field_name, piece in _pieces(row):
        more = {**fields, field_name: piece}
        if field_name in fields or len(_line({**table, name: more})) > most:
            yield _line({**table, name: fields})
            name, more = MORE_OF_ROW, {field_name: piece}
        fields = more
    yield _line({**table, name: fields})


def _pieces(row: Row) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a row, and a long text in pieces."""
    for name, value in row.items():
        if isinstance(value, str) and len(value) > MAX_PIECE:
            yield from ((name, value[start : start + MAX_PIECE]) for start in range(0, len(value), MAX_PIECE))
        else:
            yield name, value


async def export_of(store: Store, who: MemberKey) -> Export | None:
    """Return everything that is stored about a member; None if there is nothing. Raise ForgottenMeanwhile.

    Each page is a transaction of its own, so that others get their turn between two pages.
    """
    met_at = await store.read(exports.met_at, who)
    if met_at is None:
        return None
    found = Export(who, met_at)
    for source in exports.SOURCES:
        part, after = NAMING if source.names_only else ABOUT, None
        while True:
            page = await store.read(exports.page, who, source, after)
            found.add(part, source.name, page.rows)
            await asyncio.sleep(0)
            if (after := page.after) is None:
                break
    if await store.read(exports.met_at, who) != met_at:
        raise ForgottenMeanwhile
    return found
