"""Every lab, on many members: what passes, what does not, and which mistake is named."""

import re
from functools import lru_cache
from random import Random

from syrupy.assertion import SnapshotAssertion

from bot.core.labs import Amount, Data, Lab, Rows, data_for
from bot.core.member import MemberKey
from bot.labs import LABS, amounts
from tests.every import check_every
from tests.labs.solvers import SOLVERS
from tests.real_content import load

SECRET = b"a secret of tests"
TRIES = 100
WORDS = load().labs


@lru_cache(maxsize=12)  # the labs of one seed
def datas(name: str, seed: int) -> tuple[Data, ...]:
    """Return the data of a hundred members."""
    members = (MemberKey("T1", f"U{100 * seed + number:05}") for number in range(TRIES))
    return tuple(data_for(LABS[name], WORDS[name], SECRET, member, 1) for member in members)


def right_answer(data: Data) -> str:
    return f"{data.number:.2f}" if isinstance(data, Amount) else " ".join(map(str, sorted(data.faults)))


def known_mistakes(data: Data) -> dict[str, tuple[str, str]]:
    """Return by the name of each known mistake the answer to which it leads, and what must be said to it."""
    lab = data.lab
    if isinstance(data, Amount):
        return {name: (f"{value:.6f}", lab.mistakes[name]) for name, value in data.mistakes.items()}
    faults, kinds = set(data.faults), set(data.faults.values())
    missed = {kind: {row for row in faults if data.faults[row] != kind} for kind in kinds}
    fooled = {kind: faults | {row} for row, kind in data.decoys.items()}
    found = {kind: (rows, lab.faults[kind]) for kind, rows in missed.items() if rows}
    found |= {kind: (rows, lab.decoys[kind]) for kind, rows in fooled.items()}
    return {kind: (" ".join(map(str, sorted(rows))), says) for kind, (rows, says) in found.items()}


def test_each_lab_has_words_and_code() -> None:
    assert WORDS.keys() == LABS.keys() == SOLVERS.keys()
    assert len(WORDS) == 12


def test_the_right_answer_passes_and_a_second_solver_finds_it(seed: int) -> None:
    def check(lab: Lab) -> None:
        for data in datas(lab.slug, seed):
            assert data.check(right_answer(data)).is_right
            found = SOLVERS[lab.slug](lab.text.format(**data.figures), data.table)
            if isinstance(data, Amount):
                assert isinstance(found, float)
                assert abs(found - data.number) < 1e-6 * data.number
            else:
                assert found == data.faults.keys(), data.table

    check_every(WORDS, check)


def test_nothing_and_everything_get_no_hint_and_each_known_mistake_comes_up_and_is_named(seed: int) -> None:
    def check(lab: Lab) -> None:
        named = {*lab.mistakes, *lab.faults, *lab.decoys}
        for data in datas(lab.slug, seed):
            for answer in ("", " ".join(map(str, range(1, 1 + (data.of if isinstance(data, Rows) else 40))))):
                verdict = data.check(answer)
                assert not verdict.is_right
                assert not any(says in verdict.says for says in (*lab.faults.values(), *lab.decoys.values()))
            for name, (answer, says) in known_mistakes(data).items():
                verdict = data.check(answer)
                assert not verdict.is_right, (name, answer)
                assert says in verdict.says, (name, answer, verdict)
        assert {name for data in datas(lab.slug, seed) for name in known_mistakes(data)} == named

    check_every(WORDS, check)


def test_the_answer_of_a_colleague_rarely_passes(seed: int) -> None:
    def check(lab: Lab) -> None:
        members = datas(lab.slug, seed)[:30]
        pairs = [(data, other) for data in members for other in members if data is not other]
        passed = sum(data.check(right_answer(other)).is_right for data, other in pairs)
        assert passed <= 0.05 * len(pairs)

    check_every(WORDS, check)


def test_data_and_words_are_whole(seed: int) -> None:
    def check(lab: Lab) -> None:
        for data in datas(lab.slug, seed):
            shown = (
                data.table if lab.slug != "review" else "",
                *(each.format(**data.figures) for each in (lab.text, lab.right)),
            )
            assert not [each for each in shown if re.search(r"[{}]", each)]
            assert len(data.table) < 9_000
        assert len({data.table + str(data.figures) for data in datas(lab.slug, seed)}) > TRIES / 2

    check_every(WORDS, check)


def test_a_draw_is_the_same_with_every_python(snapshot: SnapshotAssertion) -> None:
    """CI runs this with all versions. Their answers tell whether they drew the same."""
    drawn = {name: [right_answer(data) for data in datas(name, 0)[:5]] for name in LABS}
    assert drawn == snapshot


def test_other_data_of_a_member_is_other_data() -> None:
    def check(lab: Lab) -> None:
        who = MemberKey("T1", "U1")
        first, second, again = (data_for(LABS[lab.slug], lab, SECRET, who, attempt) for attempt in (1, 2, 1))
        assert (first.table, first.figures) == (again.table, again.figures)
        assert (first.table, first.figures) != (second.table, second.figures)

    check_every(WORDS, check)


def test_an_experiment_without_any_difference_is_drawn_anew() -> None:
    level = amounts.experiment(Random(1447), WORDS["experiment"])  # noqa: S311 - no secret
    assert isinstance(level, Amount)
    assert (level.number, level.is_clear) == (0, False)
