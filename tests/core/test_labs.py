"""Answers to labs as people write them, and what is said to each."""

import pytest

from bot.core.labs import Amount, Lab, Rows, lab_secret, read_number
from tests.every import check_every

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


def record(faults: str = "4 17 23", decoys: str = "5") -> Rows:
    rows = Rows(LINES)
    for row in range(1, 31):
        kind = "cut" if str(row) in faults.split() else "odd" if str(row) in decoys.split() else ""
        rows.add(kind, f"line {row}")
    return rows


def test_a_number_is_read_however_people_write_it() -> None:
    ways = (
        "1234.5", "1,234.5", "1.234,5", "1234,5", " 1 234,5 ", "1'234.5", "1\u2019234.5", "1\u00a0234.5",
        "1,234.5 cents", "1234.5ct", "= 1234.5", "~1234.5", "1234.5.", "+1234.5", "1230", "1240", "1\u202f234,50",
        "\uff11\uff12\uff13\uff14.\uff15",
    )  # fmt: skip
    check_every(ways, lambda way: _says(price().check(way).says, RIGHT))
    check_every((".5 ct", ",5", "0.5", "0,50"), lambda way: _says(Amount(MONEY, 0.5, {}, {}).check(way).says, RIGHT))


def _says(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(("text", "readings"), [("1,234", [1.234, 1234]), ("1.234", [1.234, 1234]), ("1,23", [1.23])])
def test_three_digits_after_a_single_point_may_be_thousands(text: str, readings: list[float]) -> None:
    assert read_number(text)[0] == readings
    assert price(readings[-1]).check(text).is_right
    assert price(readings[0]).check(text).is_right


def test_whatever_else_is_written_gets_a_sentence() -> None:
    check_every(
        {
            "": ONE_NUMBER, "about 1234.5": ONE_NUMBER, "1 or 2": ONE_NUMBER, "\U0001f642": ONE_NUMBER,
            "1234.5 euros": ONE_NUMBER, "1234.5 %": ONE_NUMBER, "1234.5 \U0001f642": ONE_NUMBER, "x" * 200: ONE_NUMBER,
            "1e3": ONE_NUMBER, "1/2": ONE_NUMBER, "nan": ONE_NUMBER, "inf": ONE_NUMBER, "²": ONE_NUMBER,
            "-": ONE_NUMBER,
            "." * 200: ONE_NUMBER, "1," * 100: "Too high, and not by a mistake that I know.",
            "9" * 200: "Too high, and not by a mistake that I know.",
            "-1234.5": "Too low, and not by a mistake that I know.",
            "\u22121234.5": "Too low, and not by a mistake that I know.",
            "1500": "Too high, and not by a mistake that I know.",
            "2000": "You forgot the cache.",
            "12.345": "Right but for the unit: I need cents, and yours is 0.01 times that.",
            "123450": "Right but for the unit: I need cents, and yours is 100 times that.",
            "1.2345": "Right but for the unit: I need cents, and yours is 0.001 times that.",
        }.items(),
        lambda case: _says(price().check(case[0]).says, case[1]),
    )  # fmt: skip


def test_rows_are_read_however_people_write_them() -> None:
    said = "Right: all of them, and nothing else.\n• 4, 17, 23: It is cut."
    ways = ("23,17,4", "4, 17 and 23", "lines 4; 17; 23.", "Line 4 & line 17 & line 23", "4\n17\n23", "04 17 23 4")
    check_every(ways, lambda way: _says(record().check(way).says, said))


def test_whatever_else_is_written_about_rows_gets_a_sentence() -> None:
    check_every(
        {
            "": THE_ROWS, "all": THE_ROWS, "4-23": THE_ROWS, "4 17 23 maybe": THE_ROWS, "\U0001f642": THE_ROWS,
            "four": THE_ROWS, "x" * 200: THE_ROWS, "4.17.23?": THE_ROWS,
            "4 17 99": "There is no number 99: they go from 1 to 30.",
            "0": "There is no number 0: they go from 1 to 30.",
            "9" * 200: f"There is no number {'9' * 200}: they go from 1 to 30.",
            "4 17": "You found 2 of 3. You missed one from 21 to 30. It is cut.",
            "4 17 23 5": "You found 3 of 3. 5 is none of them. It only looks odd.",
            "4 17 23 6": "You found 3 of 3. 6 is none of them. Nothing is wrong there.",
            "5 6": "You found 0 of 3. 5 is none of them. It only looks odd. You missed one from 1 to 10. It is cut.",
            "1 2 3 4 5 6 7": "You found 1 of 3. You named 7 of 30: name only those for which you have a reason.",
        }.items(),
        lambda case: _says(record().check(case[0]).says, case[1]),
    )  # fmt: skip


def test_a_table_can_be_opened_as_a_spreadsheet() -> None:
    rows = Rows(LINES, ("says",))
    rows.add("", 'so, "well"')
    rows.add("", "=1+1")
    assert rows.table == 'number,says\n1,"so, ""well"""\n2,\'=1+1\n'


def test_the_secret_of_labs_does_not_tell_the_one_from_which_it_is_made() -> None:
    assert lab_secret("xoxb-1") == lab_secret("xoxb-1") != lab_secret("xoxb-2")
    assert b"xoxb" not in lab_secret("xoxb-1")
    assert len(lab_secret("")) == 32
