"""Lines of CSV in which no cell runs as a formula in a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@")  # a spreadsheet calculates a cell that begins with one of these


def csv_line(row: Iterable[str | int]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([_harmless(value) for value in row])
    return written.getvalue()


def _harmless(value: str | int) -> str | int:
    """Return a text that no spreadsheet takes for a formula. The apostrophe makes it a text there."""
    if not isinstance(value, str):
        return value
    normal = unicodedata.normalize("NFKC", value)  # some spreadsheets take a full-width sign for the usual one
    seen = next((letter for letter in normal if letter.isprintable() and not letter.isspace()), "")
    return f"'{value}" if seen in FORMULA or value.startswith(("\t", "\r", "\n")) else value
