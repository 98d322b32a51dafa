"""Answers to labs as people write them, and what is said to each."""

import pytest

from bot.core.labs import Amount, Lab, Rows, lab_secret, read_number

WORDS = {"slug": "x", "origin": "extension", "name": "X", "skill": "s", "minutes": 9, "text": "T", "right": "R"}
MONEY = Lab(
    **WORDS, ask="How much, in cents?", units=("cents", "cent", "ct"), mistakes={"cached": "You forgot the cache."}
)
LINES = Lab(
    **WORDS, ask="Which?", units=("lines", "line"), faults={"cut": "It is cut."}, decoys={"odd": "It only looks odd."}
)

ONE_NUMBER = "I need one number in cents, and nothing else: such as 3.14."
THE_ROWS = "I need the numbers of lines, and nothing else: such as 4 17 23."
RIGHT = "Right."


def price(number: float = 1234.5) -> Amount:
    return Amount(MONEY, number, {"cached": 2000.0}, {})


def record() -> Rows:
    rows = Rows(LINES)
    for row in range(1, 31):
        rows.add({4: "cut", 17: "cut", 23: "cut", 5: "odd"}.get(row, ""), f"line {row}")
    return rows


WAYS = (
    "1234.5", "1,234.5", "1.234,5", "1234,5", " 1 234,5 ", "1'234.5", "1\u2019234.5", "1\u00a0234.5", "1,234.5 cents",
    "1234.5ct", "= 1234.5", "~1234.5", "1234.5.", "+1234.5", "1230", "1240", "1\u202f234,50",
    "\uff11\uff12\uff13\uff14.\uff15",
)  # fmt: skip
SMALL_WAYS = (".5 ct", ",5", "0.5", "0,50")
NO_NUMBER = (
    "", "about 1234.5", "1 or 2", "\U0001f642", "1234.5 euros", "1234.5 %", "1234.5 \U0001f642", "x" * 200, "1e3",
    "1/2", "nan", "inf", "²", "-", "." * 200,
)  # fmt: skip
HIGH, LOW = (f"Too {way}, and not by a mistake that I know." for way in ("high", "low"))
ALL_ROWS = "Right: all of them, and nothing else.\n• 4, 17, 23: It is cut."
ROW_WAYS = ("23,17,4", "4, 17 and 23", "lines 4; 17; 23.", "Line 4 & line 17 & line 23", "4\n17\n23", "04 17 23 4")
NO_ROWS = ("", "all", "4-23", "4 17 23 maybe", "\U0001f642", "four", "x" * 200, "4.17.23?")


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (Amount(MONEY, 0.5, {}, {}), dict.fromkeys(SMALL_WAYS, RIGHT)),
        (price(), {
            **dict.fromkeys(WAYS, RIGHT), **dict.fromkeys(NO_NUMBER, ONE_NUMBER),
            **dict.fromkeys(("1," * 100, "9" * 200, "1500"), HIGH), **dict.fromkeys(("-1234.5", "\u22121234.5"), LOW),
            "2000": "You forgot the cache.",
            "12.345": "Right but for the unit: I need cents, and yours is 0.01 times that.",
            "123450": "Right but for the unit: I need cents, and yours is 100 times that.",
            "1.2345": "Right but for the unit: I need cents, and yours is 0.001 times that.",
        }),
        (record(), {
            **dict.fromkeys(ROW_WAYS, ALL_ROWS), **dict.fromkeys(NO_ROWS, THE_ROWS),
            **{row: f"There is no number {row}: they go from 1 to 30." for row in ("0", "9" * 200)},
            "4 17 99": "There is no number 99: they go from 1 to 30.",
            "4 17": "You found 2 of 3. You missed one from 21 to 30. It is cut.",
            "4 17 23 5": "You found 3 of 3. 5 is none of them. It only looks odd.",
            "4 17 23 6": "You found 3 of 3. 6 is none of them. Nothing is wrong there.",
            "5 6": "You found 0 of 3. 5 is none of them. It only looks odd. You missed one from 1 to 10. It is cut.",
            "1 2 3 4 5 6 7": "You found 1 of 3. You named 7 of 30: name only those for which you have a reason.",
        }),
    ],
    ids=["a small number", "a number", "rows"],
)  # fmt: skip
def test_an_answer_is_read_however_people_write_it_and_gets_a_sentence(
    data: Amount | Rows, answers: dict[str, str]
) -> None:
    assert {answer: data.check(answer).says for answer in answers} == answers


@pytest.mark.parametrize(("text", "readings"), [("1,234", [1.234, 1234]), ("1.234", [1.234, 1234]), ("1,23", [1.23])])
def test_three_digits_after_a_single_point_may_be_thousands(text: str, readings: list[float]) -> None:
    assert read_number(text)[0] == readings
    assert price(readings[-1]).check(text).is_right
    assert price(readings[0]).check(text).is_right


def test_a_table_can_be_opened_as_a_spreadsheet() -> None:
    rows = Rows(LINES, ("says",))
    rows.add("", 'so, "well"')
    rows.add("", "=1+1")
    assert rows.table == 'number,says\n1,"so, ""well"""\n2,\'=1+1\n'


def test_the_secret_of_labs_does_not_tell_the_one_from_which_it_is_made() -> None:
    assert lab_secret("xoxb-1") == lab_secret("xoxb-1") != lab_secret("xoxb-2")
    assert b"xoxb" not in lab_secret("xoxb-1")
    assert len(lab_secret("")) == 32
