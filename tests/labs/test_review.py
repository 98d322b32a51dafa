"""Each fault of the review lab is real: alone or with others, exactly its own test fails."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import chain, combinations
from typing import Any

from bot.labs.rows import build
from tests.every import check_every
from tests.real_content import load

LAB = load().labs["review"]
Module = Mapping[str, Any]


def _unknown_is_refused(shop: Module) -> bool:
    try:
        shop["off_for"]("NOPE", set())
    except shop["Unknown"]:
        return True
    return False


def _works_once(shop: Module) -> bool:
    used: set[str] = set()
    return [shop["off_for"]("TEN", used), shop["off_for"]("TEN", used)] == [10, 0]


def _calls_share_nothing(shop: Module) -> bool:
    return [shop["add"]([], {"id": 1}), shop["add"]([], {"id": 1})] == [[{"id": 1}]] * 2


def _is_sorted(shop: Module) -> bool:
    prices = [{"price": Decimal(each)} for each in (9, 100, 20)]
    return [each["price"] for each in shop["most_expensive"](prices, 2)] == [100, 20]


TESTS: Mapping[str, Callable[[Module], bool]] = {
    "rounding": lambda shop: shop["total_of"]([{"price": Decimal("1.119"), "amount": 1}]) == Decimal("1.12"),
    "boundary": lambda shop: shop["delivery_for"](Decimal(50)) == 0,
    "default": _calls_share_nothing,
    "swallow": _unknown_is_refused,
    "twice": _works_once,
    "order": lambda shop: shop["to_pay"](Decimal(10), Decimal(12), Decimal("4.90")) == Decimal("4.90"),
    "sort": _is_sorted,
    "mean": lambda shop: shop["mean_price"]([{"price": Decimal(2)}, {"price": Decimal(4)}]) == 3,
}


def test_each_fault_fails_exactly_its_own_test() -> None:
    assert TESTS.keys() == LAB.faults.keys()
    firsts = [[part.splitlines()[0] for part in LAB.material[kind]] for kind in TESTS]
    assert all(sound != broken for sound, broken in firsts)
    groups = chain.from_iterable(combinations(TESTS, count) for count in range(len(TESTS) + 1))

    def check(case: tuple[str, tuple[str, ...]]) -> None:
        names, faulty = case
        rows = build(LAB, names, faulty)
        shop: dict[str, Any] = {}
        exec("".join(f"{line[5:]}" for line in rows.lines), shop)  # noqa: S102 - the code of this lab
        assert {kind for kind, test in TESTS.items() if not test(shop)} == set(faulty)
        assert sorted(rows.faults.values()) == sorted(faulty)

    check_every([(names, faulty) for faulty in groups for names in LAB.material["names"]], check)
