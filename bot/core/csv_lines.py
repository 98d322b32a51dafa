"""Lines of CSV in which no cell runs as a formula in a spreadsheet."""

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet calculates a cell that begins with one of these


def csv_line(row: Iterable[str | int]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([_harmless(value) for value in row])
    return written.getvalue()


def _harmless(value: str | int) -> str | int:
    """Return a text that no spreadsheet takes for a formula. The apostrophe makes it a text there."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value
