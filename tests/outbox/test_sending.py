"""The life of a delivery: claimed once, begun with consent, and ended as Slack's answer says."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.coach import schedules
from bot.coach.messages import arrived
from bot.coach.posts import answers
from bot.coach.posts.tips import MAX_TRIES
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState, DrawnSubject, Kind
from bot.core.outcomes import CannotLook, NotFound, NotYet, Refused, Sent, Touches, Unknown
from bot.outbox import deliveries, leases, sending
from bot.outbox.sending import Claimed, Pace
from bot.store import Store, record as record_rows, schedules as schedule_rows
from tests.coach.members import EMIL, NAMESAKE, NORA
from tests.coach.weekly import BOTH, DAY, FAST, HOUR, TUESDAY, WEEK, Weekly, tip_of

DATABASE = "sqlite"  # unless a test asks for both
NOW = TUESDAY
IMPATIENT = Pace(per_minute=600_000, lease=-1)  # every lease ends at once


@pytest.fixture
async def weekly(store: Store, catalog: Catalog) -> Weekly:
    """Return a workspace in which Nora's nudge is due."""
    weekly = Weekly(store, catalog)
    await weekly.opens()
    await weekly.joins()
    await weekly.plans(NOW)
    return weekly


async def state(weekly: Weekly) -> tuple[DeliveryState, str | None]:
    ((_, found, reason),) = await weekly.rows()
    return found, reason


def tips_in(claimed: list[Claimed]) -> list[str]:
    return [tip_of(each) for each in claimed]


@BOTH
async def test_a_claimed_delivery_belongs_to_one_worker(weekly: Weekly) -> None:
    for number in range(9):
        await weekly.joins(MemberKey("T1", f"U1{number}"))
    await weekly.plans(NOW)
    claims = await asyncio.gather(*(weekly.claims(NOW, token=f"worker{number}") for number in range(4)))
    ids = [message.delivery.id for claimed in claims for message in claimed]
    assert len(ids) == len(set(ids)) == 10


@BOTH
async def test_an_answer_goes_before_the_tips_of_the_same_batch(weekly: Weekly) -> None:
    await weekly.joins(EMIL)
    await weekly.plans(NOW)
    to, later = answers.ReplyTo("Ev1", "D1"), NOW + HOUR
    await weekly.store.write(answers.answer, NORA, to, DrawnSubject(text="You are a Data Engineer."), later)
    claimed = await weekly.claims(later)
    assert [message.delivery.kind for message in claimed] == [Kind.ANSWER, Kind.NUDGE, Kind.NUDGE]
    assert [message.wait for message in claimed] == sorted(message.wait for message in claimed)


@BOTH
async def test_a_stale_worker_can_not_finish_a_delivery(weekly: Weekly) -> None:
    claimed = await weekly.claims(NOW, IMPATIENT, "slow")
    assert await weekly.begins(claimed, NOW, "slow") == []  # its lease is over
    await weekly.store.write(sending.expire, FAST, NOW)
    other = await weekly.claims(NOW, FAST, "other")
    await weekly.begins(other, NOW, "other")
    for outcome in (Refused("user_disabled", Touches.MEMBER), Sent("D0", "0.5")):
        await weekly.ends(claimed, outcome, NOW, "slow")
    assert await state(weekly) == (DeliveryState.SENDING, None)
    await weekly.ends(other, Sent("D1", "1.0"), NOW, "other")
    assert await state(weekly) == (DeliveryState.SENT, None)


@BOTH
async def test_a_stale_worker_does_not_forget_where_another_one_posted(weekly: Weekly) -> None:
    (claimed,) = await weekly.claims(NOW, IMPATIENT, "slow")
    slow = replace(claimed, delivery=replace(claimed.delivery, channel="D0"))
    await weekly.store.write(sending.expire, FAST, NOW)
    other = await weekly.claims(NOW, FAST, "other")
    await weekly.begins(other, NOW, "other")
    await weekly.ends(other, Sent("D1", "1.0"), NOW, "other")
    await weekly.ends([slow], Refused("channel_not_found", Touches.CHANNEL), NOW, "slow")
    assert await weekly.store.read(deliveries.posted, "T1", slow.delivery.key) == Sent("D1", "1.0")


@BOTH
async def test_a_worker_that_slept_beyond_its_lease_starts_a_post_once(weekly: Weekly) -> None:
    before = await weekly.claims(NOW, IMPATIENT)
    await weekly.store.write(sending.expire, FAST, NOW)
    after = await weekly.claims(NOW)
    begun = [await weekly.begins(claimed, NOW) for claimed in (before, after)]
    assert [len(each) for each in begun] == [1, 0]


@BOTH
async def test_a_delivery_without_consent_is_cancelled_where_it_would_begin(weekly: Weekly) -> None:
    """Planned again, it would be claimed and refused until its window is over."""
    claimed = await weekly.claims(NOW)
    await weekly.store.write(schedule_rows.stop, NORA)
    assert await weekly.begins(claimed, NOW) == []
    assert (await state(weekly))[0] is DeliveryState.CANCELLED


@BOTH
async def test_a_429_pauses_that_workspace_and_no_other(weekly: Weekly) -> None:
    await weekly.opens("T2")
    await weekly.joins(NAMESAKE)
    await weekly.plans(NOW)
    claimed = await weekly.claims(NOW)
    await weekly.begins(claimed, NOW)
    here = [message for message in claimed if message.delivery.workspace_id == "T1"]
    await weekly.ends(here, NotYet("ratelimited", timedelta(seconds=600)), NOW)
    await weekly.joins(EMIL)
    await weekly.joins(MemberKey("T2", "U2"))
    await weekly.plans(NOW + HOUR)
    assert [message.delivery.workspace_id for message in await weekly.claims(NOW + HOUR)] == ["T2"]


@BOTH
async def test_a_refused_tip_is_withheld_and_another_one_is_sent(weekly: Weekly) -> None:
    first = await weekly.sends(NOW, Refused("invalid_blocks", Touches.CONTENT))
    second = await weekly.sends(NOW)
    assert tips_in(first) != tips_in(second)
    assert await state(weekly) == (DeliveryState.SENT, None)
    await weekly.joins(EMIL)
    await weekly.plans(NOW)
    assert tips_in(await weekly.sends(NOW)) != tips_in(first)  # no other member there gets it either


async def test_if_every_tip_is_refused_only_a_few_are_tried(weekly: Weekly) -> None:
    tried = []
    for _ in range(20):
        tried += tips_in(await weekly.sends(NOW, Refused("invalid_blocks", Touches.CONTENT)))
    assert len(tried) == len(set(tried)) == MAX_TRIES + 1
    assert await state(weekly) == (DeliveryState.REFUSED, "invalid_blocks")


async def test_a_refusal_of_the_channel_or_of_unknown_kind_ends_only_this_delivery(weekly: Weekly) -> None:
    await weekly.sends(NOW, Refused("restricted_action", Touches.CHANNEL))
    assert await state(weekly) == (DeliveryState.REFUSED, "restricted_action")
    assert len(await weekly.ticks(NOW + WEEK)) == 1


@BOTH
async def test_a_retry_brings_the_same_tip_and_so_does_a_post_that_is_not_found(weekly: Weekly) -> None:
    first = await weekly.sends(NOW, NotYet("unreachable"))
    assert await weekly.claims(NOW) == []  # it waits a little
    second = await weekly.sends(NOW + timedelta(seconds=20), Unknown("timeout"))
    (doubtful,) = await weekly.store.write(leases.take_unsettled, "settler", 0.0, 5)
    await weekly.store.write(sending.settle, weekly.messages, "settler", doubtful, NotFound(), NOW)
    assert tips_in(first) == tips_in(second) == tips_in(await weekly.sends(NOW))


async def test_a_post_not_found_after_an_opt_out_is_cancelled(weekly: Weekly) -> None:
    await weekly.sends(NOW, Unknown("timeout"))
    await weekly.does(schedules.decline, NOW)
    (doubtful,) = await weekly.store.write(leases.take_unsettled, "settler", 0.0, 5)
    await weekly.store.write(sending.settle, weekly.messages, "settler", doubtful, NotFound(), NOW)
    assert await weekly.sends(NOW) == []
    assert (await state(weekly))[0] is DeliveryState.CANCELLED


@BOTH
async def test_a_post_that_can_not_be_looked_up_stays_unconfirmed_and_its_tip_is_not_repeated(weekly: Weekly) -> None:
    first = await weekly.sends(NOW, Unknown("timeout"))
    (doubtful,) = await weekly.store.write(leases.take_unsettled, "settler", 0.0, 5)
    await weekly.store.write(sending.settle, weekly.messages, "settler", doubtful, CannotLook("missing_scope"), NOW)
    assert await state(weekly) == (DeliveryState.UNCONFIRMED, "missing_scope")
    assert await weekly.store.write(leases.take_unsettled, "settler", 0.0, 5) == []
    assert tips_in(await weekly.ticks(NOW + WEEK)) != tips_in(first)


PRESSED = ("while it was sent", "after its answer was lost", "while it was looked up", "after it was left unconfirmed")


@BOTH
@pytest.mark.parametrize("pressed", PRESSED)
async def test_a_message_whose_button_was_pressed_is_sent_and_counted_once(weekly: Weekly, pressed: str) -> None:
    """The member presses the button at the moment `pressed`; then sending, or looking the message up, goes on."""

    async def at(moment: str) -> None:
        seen = await weekly.store.read(deliveries.doubtful, "T1", claimed.delivery.id)
        if moment == pressed and seen is not None:
            await weekly.store.write(arrived, weekly.messages, NORA, seen, Sent("D1", "1.0"), NOW)

    (claimed,) = await weekly.claims(NOW)
    await weekly.begins([claimed], NOW)
    await at(PRESSED[0])
    await weekly.ends([claimed], Unknown("timeout") if pressed != PRESSED[0] else Sent("D1", "1.0"), NOW)
    await at(PRESSED[1])
    for doubtful in await weekly.store.write(leases.take_unsettled, "settler", 0.0, 5):
        await at(PRESSED[2])
        await weekly.store.write(sending.settle, weekly.messages, "settler", doubtful, CannotLook("no scope"), NOW)
    await at(PRESSED[3])
    assert await state(weekly) == (DeliveryState.SENT, None)
    assert await weekly.store.read(deliveries.posted, "T1", claimed.delivery.key) == Sent("D1", "1.0")
    assert (await weekly.store.read(record_rows.read, NORA)).given == {tip_of(claimed): (1, NOW)}
    assert (await weekly.store.read(record_rows.read, NORA)).rhythm.unanswered == 0


@BOTH
@pytest.mark.parametrize("outcome", [NotYet("unreachable"), Refused("user_disabled", Touches.MEMBER)], ids=str)
async def test_a_delivery_that_was_cancelled_before_it_began_stays_cancelled(
    weekly: Weekly, outcome: NotYet | Refused
) -> None:
    claimed = await weekly.claims(NOW)
    await weekly.does(schedules.decline, NOW)
    await weekly.ends(claimed, outcome, NOW)
    assert (await state(weekly))[0] is DeliveryState.CANCELLED


async def test_a_workspace_in_which_many_posts_of_the_last_day_failed_is_counted(weekly: Weekly) -> None:
    await weekly.opens("T2")
    await weekly.joins(NAMESAKE)
    for number in range(deliveries.MANY_FAILURES - 1):  # and Nora
        await weekly.joins(MemberKey("T1", f"U1{number}"))
    await weekly.ticks(NOW + HOUR, Refused("user_disabled", Touches.MEMBER))
    assert await weekly.store.read(deliveries.failing, NOW + HOUR) == {DeliveryState.REFUSED: 1}
    assert await weekly.store.read(deliveries.failing, NOW + HOUR + 2 * DAY) == {}


@BOTH
async def test_all_workers_share_the_rate_limit_of_a_workspace(weekly: Weekly) -> None:
    for number in range(9):
        await weekly.joins(MemberKey("T1", f"U1{number}"))
    await weekly.plans(NOW)
    two_a_second = Pace(per_minute=120)
    claims = [await weekly.claims(NOW, two_a_second, f"worker{number}") for number in range(3)]
    waits = [message.wait for claimed in claims for message in claimed]
    assert 2 <= len(waits) <= 4  # a second ahead, not more
    assert waits == sorted(waits)


async def test_a_welcome_comes_at_once_even_at_night(store: Store, catalog: Catalog) -> None:
    weekly = Weekly(store, catalog)
    await weekly.opens()
    await weekly.joins(at=NOW - 9 * HOUR)
    ((_, state, _),) = await weekly.rows("welcome")
    assert state is DeliveryState.SENT
