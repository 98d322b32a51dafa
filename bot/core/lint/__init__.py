"""The bar for content, as far as a program can hold it: a catalogue in, findings out. content/README.md explains it."""

from collections.abc import Iterator

from bot.core.catalog import Catalog
from bot.core.lint import tasks
from bot.core.lint.texts import Flaw as Flaw
from bot.core.lint.texts import texts_of, word_findings


def findings(catalog: Catalog) -> Iterator[Flaw]:
    for text in texts_of(catalog):
        yield from word_findings(text)
    yield from tasks.task_findings(catalog)
    yield from tasks.project_findings(catalog)
    yield from tasks.similar_findings(catalog)
    yield from tasks.coverage_findings(catalog)
    yield from tasks.year_findings(catalog)
