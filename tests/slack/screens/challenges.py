"""The screens of a team challenge, in every situation that makes them look different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.challenges import Defaults, DraftItem, Item, Lines, Listing
from bot.coach.entries import Taken
from bot.coach.posts.challenges import Posting
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_LINE, Challenge, ChallengeState, Entry, Sharing, Standing, Suggestion
from bot.core.member import MemberKey
from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.core.subjects import ChallengeSubject
from bot.slack.challenge import card, entry, form, start, suggest
from bot.slack.challenge import list as listing
from bot.slack.message import Block, Message

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ID = "0123456789abcdef"
NORA, EMIL = MemberKey("T1", "U1"), MemberKey("T1", "U2")
NAMES = {"U2": "Emil"}
ZONE = "Europe/Berlin"
SOME, ALL = Standing(22, 14), Standing(22, 22)


def about_challenges(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    """Yield the screens with any catalogue that has the slugs of the small one."""
    yield from screens_of(catalog, of_template(catalog))


def screens_of(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message | Block]]:
    yield from _live(challenge)
    yield from _said(catalog, challenge)
    yield from _details(catalog, challenge)
    yield from _lists(catalog, challenge)
    yield from _told(challenge)
    yield from _forms(catalog, challenge)
    yield from _answers(catalog, challenge)


def of_template(catalog: Catalog) -> Challenge:
    one_log = catalog.challenges["one-log"]
    return Challenge(
        workspace_id="T1",
        challenge_id=ID,
        started_by="U1",
        title=one_log.name,
        task=one_log.do,
        done_when=one_log.done_when,
        channel="C1",
        ends_at=NOW + 3 * DAY + timedelta(hours=7),
        starts_at=NOW - DAY,
        template=one_log.slug,
        minutes=one_log.minutes,
        skill=one_log.skill,
        question=one_log.evidence,
        goal=15,
        shows_entries=True,
        calls_last=True,
        state=ChallengeState.OPEN,
        postings=1,
        ts="1.000001",
    )


def written(challenge: Challenge, who: MemberKey = EMIL, sharing: Sharing = Sharing.NAMED) -> Entry:
    words = f"{challenge.done_when} See https://example.org/a?b=1&c=2"
    return Entry(who, ID, f"e{who.member_id}", NOW, NOW, words[:MAX_LINE], sharing, picked=True)


def _live(challenge: Challenge) -> Iterator[tuple[str, Message]]:
    closed = replace(challenge, state=ChallengeState.CLOSED)
    yield "challenge", card.live(challenge, SOME)
    yield "challenge-nobody-yet", card.live(replace(challenge, goal=None, minutes=None), Standing())
    yield "challenge-one-joined", card.live(challenge, Standing(1, 0))
    yield "challenge-the-only-one-did-it", card.live(challenge, Standing(1, 1))
    yield "challenge-one-of-two", card.live(challenge, Standing(2, 1))
    yield "challenge-without-a-goal", card.live(replace(challenge, goal=None), SOME)
    yield "challenge-nobody-yet-with-a-goal", card.live(challenge, Standing())
    yield "challenge-closed", card.live(replace(closed, goal=None), SOME)
    yield "challenge-closed-short-of-its-goal", card.live(closed, SOME)
    yield "challenge-closed-with-its-goal", card.live(closed, ALL)
    yield "challenge-closed-without-anybody", card.live(closed, Standing())
    yield "challenge-closed-with-one-who-did-not", card.live(closed, Standing(1, 0))
    yield "challenge-cancelled", card.live(replace(challenge, state=ChallengeState.CANCELLED), SOME)


def _said(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message]]:
    closed = replace(challenge, state=ChallengeState.CLOSED)
    lines = (written(challenge), replace(written(challenge, NORA), sharing=Sharing.UNNAMED))
    plain = Posting(replace(closed, goal=None, skill=None), SOME)
    yield "challenge-last-call", card.last_call(challenge)
    yield "challenge-line", card.line(Posting(challenge, SOME, written(challenge)), NAMES)
    yield "challenge-line-of-who-has-no-name", card.line(Posting(challenge, SOME, written(challenge)), {})
    yield "challenge-recap", card.recap(catalog, Posting(closed, SOME, lines=lines), NAMES)
    yield "challenge-recap-without-lines-and-skill", card.recap(catalog, plain, NAMES)
    yield "challenge-recap-of-nobody", card.recap(catalog, Posting(closed, Standing()), {})


def _details(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message]]:
    joined = Entry(EMIL, ID, "e2", NOW)
    done = replace(joined, done_at=NOW)
    bare = replace(challenge, skill=None, question=None, started_by=None)
    for name, of, its in (
        ("not-in", challenge, None), ("joined", challenge, joined), ("done", challenge, done),
        ("done-with-a-line", challenge, written(challenge)),
        ("done-without-a-question", bare, done), ("over", replace(challenge, state=ChallengeState.CLOSED), done),
    ):  # fmt: skip
        yield f"challenge-details-{name}", entry.details(catalog, Taken(of, its, changed=False), NOW, entry.back())


def _lists(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message]]:
    planned = replace(challenge, challenge_id="b" * 16, starts_at=NOW + DAY, ts=None)
    closed = replace(challenge, challenge_id="c" * 16, state=ChallengeState.CLOSED)
    cancelled = replace(challenge, challenge_id="d" * 16, state=ChallengeState.CANCELLED)
    missed = replace(closed, challenge_id="e" * 16, ts=None)
    done = written(challenge)
    items = (
        Item(challenge, SOME, None, DeliveryState.SENT),
        Item(planned, Standing(), None, DeliveryState.PLANNED),
        Item(closed, SOME, done, DeliveryState.SENT),
        Item(cancelled, SOME, done, DeliveryState.SENT),
        Item(missed, Standing(), None, DeliveryState.MISSED),
    )
    draft = replace(challenge, challenge_id="f" * 16, state=ChallengeState.DRAFT, ts=None)
    drafts = (DraftItem(draft),)
    another = replace(draft, challenge_id="9" * 16)
    refused = (DraftItem(draft, "not_in_channel"), DraftItem(another, "invalid_blocks"))
    doubtful = (Item(replace(challenge, ts=None), Standing(), None, DeliveryState.UNCONFIRMED),)
    many = many_items(challenge)
    yield "challenges-none", listing.challenge_list(catalog, Listing(EMIL, (), (), NOW))
    suggestions = (
        Suggestion("1" * 16, EMIL.member_id, None, "Try <one> prompt & compare."),
        Suggestion("2" * 16, NORA.member_id, next(iter(catalog.challenges)), ""),
    )
    yield (
        "challenges-suggested",
        listing.challenge_list(catalog, Listing(EMIL, (), (), NOW, suggestions, may_start=True)),
    )
    yield "challenge-suggested", suggest.suggested(catalog, suggestions[1])
    yield "challenge-suggestion-removed", suggest.removed(None)
    yield "challenges", listing.challenge_list(catalog, Listing(EMIL, items, (), NOW))
    yield (
        "challenges-of-who-runs-them",
        listing.challenge_list(catalog, Listing(NORA, items, drafts, NOW, may_start=True)),
    )
    yield "challenges-refused", listing.challenge_list(catalog, Listing(NORA, (), refused, NOW, may_start=True))
    yield "challenges-in-doubt", listing.challenge_list(catalog, Listing(NORA, doubtful, (), NOW, may_start=True))
    yield "challenges-more-than-fit", listing.challenge_list(catalog, Listing(NORA, many, drafts, NOW, may_start=True))
    yield "challenges-second-page", listing.challenge_list(catalog, Listing(NORA, many, drafts, NOW, may_start=True), 2)
    yield "challenges-last-page", listing.challenge_list(catalog, Listing(NORA, many, drafts, NOW, may_start=True), 99)
    close, cancel = {"verb": listing.CLOSE, "word": "close"}, {"verb": listing.CANCEL, "word": "cancel"}
    yield "challenges-to-close", listing.to_end(Listing(NORA, items, (), NOW), 1, **close)
    yield "challenges-to-close-second-page", listing.to_end(Listing(NORA, many, (), NOW), 2, **close)
    yield "challenges-to-cancel", listing.to_end(Listing(NORA, items, (), NOW), 1, **cancel)
    yield "challenges-none-to-end", listing.to_end(Listing(NORA, (), (), NOW), 1, **close)


def many_items(challenge: Challenge) -> tuple[Item, ...]:
    """Return more challenges than a list shows, each with all of its buttons."""
    ids = [f"{number:016x}" for number in range(14)]
    doubtful = replace(challenge, ts=None)
    return tuple(
        Item(replace(doubtful, challenge_id=each), SOME, written(challenge), DeliveryState.UNCONFIRMED) for each in ids
    )


def _told(challenge: Challenge) -> Iterator[tuple[str, Message]]:
    draft = replace(challenge, state=ChallengeState.DRAFT, ts=None)
    for reason in ("not_in_channel", "channel_not_found", "is_archived", "restricted_action", "invalid_blocks"):
        name = f"challenge-not-posted-{reason.replace('_', '-')}"
        yield name, listing.notice(Posting(draft, Standing(), failed=_failed(challenge.key, reason)))
    doubt = Posting(replace(challenge, ts=None), Standing(), failed=_failed(challenge.key, "timeout"), in_doubt=True)
    recap = Posting(challenge, SOME, failed=_failed(f"recap:{ID}", "is_archived", Kind.RECAP))
    yield "challenge-not-confirmed", listing.notice(doubt)
    yield "challenge-recap-not-posted", listing.notice(recap)
    yield "challenge-on-its-way", listing.on_its_way(challenge)
    for name, ended in (
        ("closed", replace(challenge, state=ChallengeState.CLOSED)),
        ("closed-unposted", replace(challenge, state=ChallengeState.CLOSED, ts=None)),
        ("cancelled", replace(challenge, state=ChallengeState.CANCELLED)),
        ("discarded", draft), ("not-open", challenge),
        ("cancelled-unposted", replace(challenge, state=ChallengeState.CANCELLED, ts=None)),
    ):  # fmt: skip
        yield f"challenge-now-{name}", listing.ended(ended)


def _failed(key: str, reason: str, kind: Kind = Kind.CHALLENGE) -> Delivery:
    return Delivery("T1", key, "r", kind, None, "C1", None, ChallengeSubject(ID), reason, NOW, NOW + DAY, 1, NOW)


def _forms(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Block | Message]]:
    usual = Defaults("C1", ZONE)
    nowhere = Defaults(None, None)
    draft = replace(challenge, state=ChallengeState.DRAFT, starts_at=NOW + DAY, ts=None)
    least = replace(draft, starts_at=None, question=None, minutes=None, goal=None, skill=None, calls_last=False)
    one_log = catalog.challenges["one-log"]
    yield "challenge-templates", start.pick_template(catalog)
    new, own = form.Draft(ID, one_log, "C1"), form.Draft(ID, None, None)
    typed = {
        "title": challenge.title,
        "task": "Read two logs.",
        "done-when": "",
        "goal": "15",
        "end-date": "2026-12-11",
    }
    yield "challenge-suggestion", suggest.form(catalog)
    yield "challenge-form", form.from_template(new, catalog, usual, NOW)
    yield "challenge-form-in-own-words", form.from_template(own, catalog, nowhere, NOW)
    yield "challenge-form-with-more-options", form.with_more(new, catalog, usual, typed, NOW)
    yield "challenge-templates-again", start.pick_template(catalog, (), "C1", one_log.slug)
    yield "challenge-form-of-a-draft", form.from_draft(draft, catalog, usual, NOW)
    yield "challenge-form-of-a-late-draft", form.from_draft(draft, catalog, usual, NOW + 2 * DAY)
    yield "challenge-preview", start.preview(draft, NOW)
    yield "challenge-preview-of-the-least", start.preview(least, NOW)
    unsent = replace(challenge, ts=None)
    yield "challenge-posted", start.posted(unsent, NOW).said
    yield "challenge-posted-for-later", start.posted(replace(unsent, starts_at=NOW + DAY), NOW).said
    yield "challenge-posted-before", start.posted(challenge, NOW).said
    yield "challenge-posted-and-over", start.posted(replace(challenge, state=ChallengeState.CLOSED), NOW).said
    yield (
        "challenge-lines",
        entry.quotes_form(Lines(challenge, (written(challenge), replace(written(challenge, NORA), picked=False)))),
    )
    yield "challenge-lines-picked", entry.picked(challenge).said


def _answers(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message | Block]]:
    joined = Entry(EMIL, ID, "e2", NOW)
    done = replace(joined, done_at=NOW)
    asked = catalog.skills["token-costs"]
    quiet = replace(challenge, shows_entries=False)
    yield "entry-joined", entry.joined(Taken(challenge, joined, changed=True), NOW)
    yield "entry-joined-again", entry.joined(Taken(challenge, joined, changed=False), NOW)
    yield "entry-joined-after-it-was-done", entry.joined(Taken(challenge, done, changed=False), NOW)
    yield "entry-done", entry.done(Taken(challenge, done, changed=True, skill=asked))
    yield "entry-done-again", entry.done(Taken(challenge, written(challenge), changed=False))
    yield "entry-undone", entry.undone(Taken(challenge, joined, changed=True))
    yield "entry-undone-nothing", entry.undone(Taken(challenge, None, changed=False))
    yield "entry-left", entry.left(Taken(quiet, None, changed=True))
    yield "entry-left-except-the-thread", entry.left(Taken(challenge, None, changed=True))
    yield "entry-left-nothing", entry.left(Taken(challenge, None, changed=False))
    yield "entry-line", entry.line_form(Taken(quiet, done, changed=False))
    yield "entry-line-written", entry.line_form(Taken(challenge, written(challenge), changed=False))
    yield "entry-line-kept", entry.kept(Taken(challenge, written(challenge), changed=True)).said
    yield "entry-line-taken-back", entry.kept(Taken(challenge, done, changed=True)).said
