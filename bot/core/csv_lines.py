"""Lines of CSV in which no cell runs as a formula in a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Iterable


def csv_line(row: Iterable[str | int]) -> str:
    """Return a line in which an apostrophe makes a text of what a spreadsheet would take for a formula."""
    cells = list[str | int]()
    for value in row:
        text = unicodedata.normalize("NFKC", str(value))  # some spreadsheets take a full-width sign for the usual one
        seen = next((letter for letter in text if letter.isprintable() and not letter.isspace()), "")
        is_formula = isinstance(value, str) and (seen in {"=", "+", "-", "@"} or value.startswith(("\t", "\r", "\n")))
        cells.append(f"'{value}" if is_formula else value)
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
