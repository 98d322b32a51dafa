"""The screens of a team challenge, in every situation that makes them look different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.challenges import Details, Listing, Taken
from bot.coach.posts.challenges import Posting
from bot.coach.team_projects import TeamShown
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_LINE, Challenge, ChallengeState, Entry, Standing, Suggestion
from bot.core.member import MemberKey
from bot.core.outbox import ChallengeSubject, Delivery, DeliveryState, Kind
from bot.core.team import Lead, Team
from bot.slack.challenge import card, entry, form, run
from bot.slack.message import Block, Message
from bot.slack.team import project as team_project
from bot.store.challenges import Seen

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


def about_team_projects(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    """Yield what stands in a team's channel about its project, and how a lead picks it and members show it."""
    its = next(iter(catalog.projects.values()))
    team = Team("T1", ID, "S1", "ml-<platform>", "C1")
    project = Challenge(
        "T1", ID, "U1", its.name, "Our <bill> doubled.", its.outcome, "C1", NOW + 28 * DAY, NOW, template=its.slug,
        minutes=70, question=its.ask, team_id=ID, state=ChallengeState.OPEN, postings=1, ts="1.000001",
    )  # fmt: skip
    mine = replace(written(project), line="wiki/<costs> & https://example.org/a?b=1&c=2", goes_on=True)
    lines = (mine, replace(mine, who=NORA, goes_on=False))
    closed = replace(project, state=ChallengeState.CLOSED)
    yield "team-project", card.live(Posting(project, SOME))
    yield "team-project-shown", card.live(Posting(replace(project, task=""), SOME, lines))
    yield "team-project-over", card.live(Posting(closed, SOME, lines))
    yield "team-project-recap", card.recap(catalog, Posting(closed, SOME, lines=lines), {})
    yield "team-project-recap-taken-back", card.project_recap(closed, ())
    draft = replace(project, state=ChallengeState.DRAFT, ts=None)
    failed = Posting(draft, Standing(), failed=_failed(project.key, "is_archived"))
    yield "team-project-not-posted", run.notice(failed)
    yield "team-project-draft", entry.details(catalog, Details(draft, None, Standing(), own=True), NOW, card.back())
    yield "team-project-posted", run.posted(replace(project, ts=None)).said
    yield "team-project-closed", run.ended(closed)
    yield "team-project-form", form.pick(catalog, form.DraftRef(ID), (team,))
    yield "team-project-form-again", form.pick(catalog, form.DraftRef(ID, ID), (), its.slug, project.task)
    yield "team-project-preview", run.preview(draft)
    yield "team-project-of-one-of-two", team_project.running(((team, project), (replace(team, name="Ops"), None)))
    yield "team-show-form", team_project.show_form(Seen(project, mine), team_project.ShowRef(ID))
    shown = team_project.ShowRef(ID, "-", team_project.GOES_ON, "wiki/<costs>")
    yield "team-show-preview", team_project.show_preview(Seen(project, mine), EMIL, shown)
    seen, leads = tuple(Seen(project, each) for each in lines), {ID: Lead(EMIL, team)}
    yield "team-shown", team_project.shown_list(TeamShown((team,), seen, leads), EMIL)
    yield "team-shown-nothing", team_project.shown_list(TeamShown((team,), ()), EMIL)
    yield "team-shown-nothing-at-the-end", team_project.shown_list(TeamShown((team,), (), is_over=True), EMIL)
    yield "team-shown-nothing-to-a-lead", team_project.shown_list(TeamShown((team,), (), leads), EMIL)
    yield "team-shown-nothing-in-no-team", team_project.shown_list(TeamShown((), ()), EMIL)
    yield "team-shown-in-no-team", team_project.shown_list(TeamShown((), seen[:1]), EMIL)


def of_template(catalog: Catalog) -> Challenge:
    one_log = catalog.challenges["one-log"]
    ends_at = NOW + 3 * DAY + timedelta(hours=7)
    return Challenge(
        "T1", ID, "U1", one_log.name, one_log.do, one_log.done_when, "C1", ends_at, NOW - DAY, template=one_log.slug,
        minutes=one_log.minutes, skill=one_log.skill, question=one_log.evidence, state=ChallengeState.OPEN,
        postings=1, ts="1.000001",
    )  # fmt: skip


def written(challenge: Challenge, who: MemberKey = EMIL) -> Entry:
    words = f"{challenge.done_when} See https://example.org/a?b=1&c=2"
    return Entry(who, f"e{who.member_id}", NOW, NOW, words[:MAX_LINE])


def _live(challenge: Challenge) -> Iterator[tuple[str, Message]]:
    closed = replace(challenge, state=ChallengeState.CLOSED)
    yield "challenge", card.live(Posting(challenge, SOME))
    yield "challenge-nobody-yet", card.live(Posting(replace(challenge, minutes=None), Standing()))
    yield "challenge-one-joined", card.live(Posting(challenge, Standing(1, 0)))
    yield "challenge-the-only-one-did-it", card.live(Posting(challenge, Standing(1, 1)))
    yield "challenge-one-of-two", card.live(Posting(challenge, Standing(2, 1)))
    yield "challenge-closed", card.live(Posting(closed, SOME))
    yield "challenge-closed-without-anybody", card.live(Posting(closed, Standing()))
    yield "challenge-closed-with-the-only-one", card.live(Posting(closed, Standing(1, 1)))
    yield "challenge-closed-with-one-who-did-not", card.live(Posting(closed, Standing(1, 0)))
    yield "challenge-cancelled", card.live(Posting(replace(challenge, state=ChallengeState.CANCELLED), SOME))


def _said(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message]]:
    closed = replace(challenge, state=ChallengeState.CLOSED)
    lines = (written(challenge), written(challenge, NORA))
    plain = Posting(replace(closed, skill=None), SOME)
    yield "challenge-recap", card.recap(catalog, Posting(closed, SOME, lines=lines), NAMES)
    yield "challenge-recap-without-lines-and-skill", card.recap(catalog, plain, NAMES)
    yield "challenge-that-nobody-joined", card.unjoined(closed)


def _details(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message]]:
    joined = Entry(EMIL, "e2", NOW)
    done = replace(joined, done_at=NOW)
    bare = replace(challenge, skill=None, question=None, started_by=None)
    for name, of, its in (
        ("not-in", challenge, None), ("joined", challenge, joined), ("done", challenge, done),
        ("done-with-a-line", challenge, written(challenge)),
        ("done-without-a-question", bare, done), ("over", replace(challenge, state=ChallengeState.CLOSED), done),
    ):  # fmt: skip
        yield f"challenge-details-{name}", entry.details(catalog, Details(of, its, SOME), NOW, card.back())
    unposted = replace(challenge, ts=None)
    draft, closed = replace(unposted, state=ChallengeState.DRAFT), replace(unposted, state=ChallengeState.CLOSED)
    for name, own in (
        ("own", Details(challenge, written(challenge, NORA), SOME, DeliveryState.SENT)),
        ("doubtful", Details(unposted, None, SOME, DeliveryState.UNCONFIRMED)),
        ("planned", Details(unposted, None, Standing(), DeliveryState.PLANNED)),
        ("missed", Details(closed, None, Standing(), DeliveryState.MISSED)),
        ("draft", Details(draft, None, Standing())),
        ("refused", Details(draft, None, Standing(), DeliveryState.REFUSED, "not_in_channel")),
    ):
        found = replace(own, own=True, may_run=True)
        yield f"challenge-to-run-{name}", entry.details(catalog, found, NOW, card.back(), runs=True)


def _lists(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message]]:
    planned = replace(challenge, challenge_id="b" * 16, ts=None, private=True)
    closed = replace(challenge, challenge_id="c" * 16, state=ChallengeState.CLOSED)
    cancelled = replace(challenge, challenge_id="d" * 16, state=ChallengeState.CANCELLED)
    missed = replace(closed, challenge_id="e" * 16, ts=None)
    draft = replace(challenge, challenge_id="f" * 16, state=ChallengeState.DRAFT, ts=None)
    done = written(challenge)
    items = (
        Seen(challenge, None, DeliveryState.SENT),
        Seen(planned, None, DeliveryState.PLANNED),
        Seen(closed, done, DeliveryState.SENT),
        Seen(cancelled, done, DeliveryState.SENT),
    )
    troubled = (
        Seen(replace(challenge, ts=None), None, DeliveryState.UNCONFIRMED),
        Seen(missed, None, DeliveryState.MISSED),
        Seen(replace(draft, challenge_id="9" * 16), None, DeliveryState.REFUSED),
        Seen(draft, None, None),
    )
    suggestions = (
        Suggestion("1" * 16, EMIL.member_id, None, "Try <one> prompt & compare."),
        Suggestion("2" * 16, NORA.member_id, next(iter(catalog.challenges)), ""),
    )
    for name, who, found in (
        ("none", EMIL, Listing(())),
        ("of-a-member", EMIL, Listing(items, suggestions[:1])),
        ("of-who-runs-them", NORA, Listing(troubled, may_start=True)),
        ("more-than-fit", NORA, Listing((*many_items(challenge), *troubled), suggestions, may_start=True)),
    ):
        yield f"challenges-{name}", entry.challenge_list(catalog, who, NOW, found)
    yield "challenge-suggested", entry.shown(catalog, EMIL, suggestions[0])
    yield "challenge-suggested-by-another", entry.shown(catalog, NORA, suggestions[0])
    yield "challenge-suggested-template", entry.shown(catalog, EMIL, suggestions[1])
    for became, started in (("started", True), ("not-started", False)):
        suggested = suggestions[0]._replace(started=started)
        yield f"challenge-suggested-and-{became}", entry.shown(catalog, EMIL, suggested)
        yield f"challenge-suggestion-{became}", entry.settled("3" * 16 if started else "")
    yield "challenge-suggestion-removed", entry.REMOVED
    yield "challenge-suggestion-dismissed", entry.DISMISSED


def many_items(challenge: Challenge) -> Iterator[Seen]:
    """Yield more challenges than a list shows, each with as many words as it can have."""
    for number in range(14):
        doubtful = replace(challenge, challenge_id=f"{number:016x}", ts=None)
        yield Seen(doubtful, written(challenge), DeliveryState.UNCONFIRMED)


def _told(challenge: Challenge) -> Iterator[tuple[str, Message]]:
    draft = replace(challenge, state=ChallengeState.DRAFT, ts=None)
    for reason in (
        "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "invalid_blocks",
        "restricted_action_read_only_channel", "an_error_of_next_year",
    ):  # fmt: skip
        name = f"challenge-not-posted-{reason.replace('_', '-')}"
        yield name, run.notice(Posting(draft, Standing(), failed=_failed(challenge.key, reason)))
    doubt = Posting(replace(challenge, ts=None), Standing(), failed=_failed(challenge.key, "timeout"), in_doubt=True)
    recap = Posting(challenge, SOME, failed=_failed(f"recap:{ID}", "is_archived", Kind.RECAP))
    yield "challenge-not-confirmed", run.notice(doubt)
    yield "challenge-recap-not-posted", run.notice(recap)
    for name, ended in (
        ("closed", replace(challenge, state=ChallengeState.CLOSED)),
        ("closed-unposted", replace(challenge, state=ChallengeState.CLOSED, ts=None)),
        ("cancelled", replace(challenge, state=ChallengeState.CANCELLED)),
        ("discarded", draft), ("not-open", challenge),
        ("cancelled-unposted", replace(challenge, state=ChallengeState.CANCELLED, ts=None)),
    ):  # fmt: skip
        yield f"challenge-now-{name}", run.ended(ended)


def _failed(key: str, reason: str, kind: Kind = Kind.CHALLENGE) -> Delivery:
    return Delivery(
        "T1", key, "r", kind, None, "C1", None, ChallengeSubject(challenge_id=ID), reason, NOW, NOW + DAY, 1, NOW
    )


def _forms(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Block | Message]]:
    draft = replace(challenge, state=ChallengeState.DRAFT, starts_at=None, ts=None)
    least = replace(draft, question=None, minutes=None, skill=None)
    one_log = catalog.challenges["one-log"]
    yield "challenge-templates", run.pick_template(catalog)
    yield "challenge-suggestion", entry.suggestion_form(catalog)
    yield "challenge-form", form.draw(form.new(EMIL, ID, one_log, "C1", ZONE, NOW))
    own = form.draw(form.new(EMIL, ID, None, None, None, NOW))
    yield "challenge-form-in-own-words", run.with_way_back(own, None)
    yield "challenge-form-of-a-draft", form.draw(draft)
    yield "challenge-preview", run.preview(draft)
    yield "challenge-preview-of-the-least", run.preview(least)
    unsent = replace(challenge, ts=None)
    yield "challenge-posted", run.posted(unsent).said
    yield "challenge-posted-before", run.posted(challenge).said


def _answers(catalog: Catalog, challenge: Challenge) -> Iterator[tuple[str, Message | Block]]:
    joined = Entry(EMIL, "e2", NOW)
    done = replace(joined, done_at=NOW)
    asked = catalog.skills["token-costs"]
    yield "entry-joined", entry.joined(Taken(challenge, joined, changed=True), NOW)
    yield "entry-joined-again", entry.joined(Taken(challenge, joined, changed=False), NOW)
    yield "entry-joined-after-it-was-done", entry.joined(Taken(challenge, done, changed=False), NOW)
    yield "entry-done", entry.done(Taken(challenge, done, changed=True, skill=asked))
    yield "entry-done-again", entry.done(Taken(challenge, written(challenge), changed=False))
    yield "entry-undone", entry.answered(Taken(challenge, joined, changed=True), *entry.UNDONE)
    yield "entry-undone-nothing", entry.answered(Taken(challenge, None, changed=False), *entry.UNDONE)
    yield "entry-left", entry.answered(Taken(challenge, None, changed=True), *entry.LEFT)
    yield "entry-left-nothing", entry.answered(Taken(challenge, None, changed=False), *entry.LEFT)
    yield "entry-line", entry.line_form(Taken(challenge, done, changed=False))
    yield "entry-line-written", entry.line_form(Taken(challenge, written(challenge), changed=False))
