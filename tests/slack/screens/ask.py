"""The answers to questions in plain words, in every situation that makes them look different."""

from collections.abc import Iterator

from bot.core.catalog import Catalog
from bot.core.questions import Entry, EntryKind, SearchResult
from bot.slack import ask, events
from bot.slack.message import Block, Message

QUESTION = "what does <!channel> one answer cost & why"


def about_questions(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Over any catalogue that has the small one's slugs."""
    skill, tip = _skill(catalog), _tip(catalog)
    role = Entry(EntryKind.ROLE, "devops-engineer", "DevOps Engineer", ())
    theme = Entry(EntryKind.THEME, "speed-matters", "Speed Matters", ())
    challenge = Entry(EntryKind.CHALLENGE, "one-log", "One log", ())
    lab = Entry(EntryKind.LAB, "cost", "Price one answer", ())
    boundary = Entry(EntryKind.BOUNDARY, catalog.boundaries[0].slug, catalog.boundaries[0].name, ())
    thanks, distress = (
        Entry(kind, slug, "", ()) for kind, slug in ((EntryKind.REPLY, "thanks"), (EntryKind.DISTRESS, "distress"))
    )
    weather = Entry(EntryKind.NOT_OURS, "weather", "I don't follow the weather.", ())
    for name, found in (
        ("answered", SearchResult((skill, tip, challenge), is_sure=True)),
        ("answered-alone", SearchResult((skill,), is_sure=True)),
        ("tip-first", SearchResult((tip, role, theme))),
        ("role-first", SearchResult((role, theme, tip))),
        ("theme-first", SearchResult((theme, challenge))),
        ("lab-first", SearchResult((lab, skill), is_sure=True)),
        ("challenge-first", SearchResult((challenge, skill))),
        ("unknown", SearchResult()),
        ("not-sure", SearchResult((skill, tip, role), is_guess=True)),
        ("not-sure-of-one", SearchResult((challenge,), is_guess=True)),
        ("boundary-first", SearchResult((boundary,))),
        ("not-ours", SearchResult(topic=weather)),
        ("thanked", SearchResult(topic=thanks)),
        ("distress", SearchResult(topic=distress)),
    ):
        yield f"ask-{name}", ask.results(catalog, found)
    yield "ask-in-a-direct-message", ask.results(catalog, SearchResult((skill, tip), is_guess=True))
    career = SearchResult(topic=Entry(EntryKind.REPLY, "job-safe", "", ()))
    yield "ask-career", ask.results(catalog, career, catalog.roles["devops-engineer"])
    yield "ask-career-without-a-role", ask.results(catalog, career)
    yield "written-public", events.INTRODUCED
    yield "ask-examples", ask.EXAMPLES


def about_coach_this(catalog: Catalog) -> Iterator[tuple[str, Block]]:
    found = SearchResult((_skill(catalog), _tip(catalog)))
    yield "coach-this-found", ask.coach_this_modal(catalog, found)
    yield "coach-this-nothing-fits", ask.coach_this_modal(catalog, SearchResult())
    yield "coach-this-no-words", ask.NO_WORDS
    yield "ask-in-a-modal", ask.modal_of(ask.results(catalog, found))
    yield "ask-anew", ask.in_modal("Ask the coach")
    yield "ask-in-a-modal-unknown", ask.modal_of(ask.results(catalog, SearchResult()))


def _skill(catalog: Catalog) -> Entry:
    return Entry(EntryKind.SKILL, "token-costs", catalog.skills["token-costs"].name, ())


def _tip(catalog: Catalog) -> Entry:
    return Entry(EntryKind.TIP, "token-costs-1", catalog.lessons["token-costs-1"].tip.title, ())
