"""The answers to questions in plain words, in every situation that makes them look different."""

from collections.abc import Iterator

from bot.core.catalog import Catalog
from bot.core.questions import Degree, Entry, EntryKind, SearchResult
from bot.slack import ask, written
from bot.slack.message import Block, Message

QUESTION = "what does <!channel> one answer cost & why"


def about_questions(catalog: Catalog) -> Iterator[tuple[str, Message]]:
    """Over any catalogue that has the small one's slugs."""
    skill = Entry(EntryKind.SKILL, "token-costs", catalog.skills["token-costs"].name, ())
    tip = Entry(EntryKind.TIP, "token-costs-1", "", ())
    role, theme = Entry(EntryKind.ROLE, "devops-engineer", "", ()), Entry(EntryKind.THEME, "speed-matters", "", ())
    challenge = Entry(EntryKind.CHALLENGE, "one-log", "", ())
    weather = Entry(EntryKind.NOT_OURS, "weather", "I don't follow the weather.", ())
    for name, found in (
        ("answered", SearchResult(Degree.ANSWERS, (skill, tip, challenge))),
        ("answered-alone", SearchResult(Degree.ANSWERS, (skill,))),
        ("closest", SearchResult(Degree.CLOSEST, (role, theme, tip))),
        ("unknown", SearchResult(Degree.UNKNOWN)),
        ("not-ours", SearchResult(Degree.UNKNOWN, not_ours=weather)),
        ("of-3000-letters", SearchResult(Degree.CLOSEST, (skill,))),
    ):
        question = QUESTION * 100 if name == "of-3000-letters" else QUESTION
        yield f"ask-{name}", ask.results(catalog, question, found)
    yield "written-public", written.INTRODUCED
    yield "written-thanks", written.THANKED
    yield "ask-examples", ask.EXAMPLES
    yield "ask-question-kept", ask.kept(stored=True)
    yield "ask-question-not-kept", ask.kept(stored=False)


def about_coach_this(catalog: Catalog) -> Iterator[tuple[str, Block]]:
    skill = Entry(EntryKind.SKILL, "token-costs", "", ())
    tip = Entry(EntryKind.TIP, "token-costs-1", "", ())
    yield "coach-this-found", ask.coach_this_modal(catalog, SearchResult(Degree.CLOSEST, (skill, tip)))
    yield "coach-this-nothing-fits", ask.coach_this_modal(catalog, SearchResult(Degree.UNKNOWN))
    yield "coach-this-no-words", ask.NO_WORDS
    yield (
        "ask-in-a-modal",
        ask.modal_of(ask.results(catalog, "what <!here> costs", SearchResult(Degree.ANSWERS, (skill, tip)))),
    )
    yield "ask-in-a-modal-unknown", ask.modal_of(ask.results(catalog, "x" * 500, SearchResult(Degree.UNKNOWN)))
