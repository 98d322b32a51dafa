"""A second way to the answer of each lab: from the text and the table alone, as a member has them.

None of them imports what makes the data.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import sqrt
from posixpath import normpath
from statistics import pvariance

Answer = float | set[int]
Solver = Callable[[str, str], Answer]  # of the text and the table


def table_in(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(table.splitlines()))


def lines_in(table: str) -> Iterator[tuple[int, str]]:
    for line in table.splitlines():
        if (found := re.fullmatch(r" {0,2}(\d+)  (.*)", line)) is not None:
            yield int(found[1]), found[2]


def number_in(pattern: str, text: str) -> Fraction:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return Fraction(found[1].replace(",", ""))


def cost(text: str, table: str) -> float:
    patterns = {"new input": r"([\d.]+) euros", "cached input": r"([\d.]+) as cached", "output": r"([\d.]+) as output"}
    prices = {column: number_in(pattern, text) for column, pattern in patterns.items()}
    prices["hidden output"] = prices["output"]
    calls = table_in(table)
    cents = sum(int(call[column]) * price for call in calls for column, price in prices.items()) / 10_000
    return float(cents / sum(call["person saw it"] == "yes" for call in calls))


def judge(text: str, _table: str) -> float:
    said = number_in(r"called ([\d,]+) of them good", text)
    good, bad = number_in(r"had (\d+) that are", text), number_in(r"and (\d+) that are really bad", text)
    hit, alarm = number_in(r"judge called (\d+) of", text), number_in(r"and (\d+) of the \d+ bad", text)
    low, high = Fraction(0), Fraction(1)  # the share of good answers that makes the judge say what it said
    for _ in range(60):
        middle = (low + high) / 2
        calls_good = 2000 * (middle * hit / good + (1 - middle) * alarm / bad)
        low, high = (middle, high) if calls_good < said else (low, middle)
    return float(100 * low)


def failures(_text: str, table: str) -> set[int]:
    return {int(row["number"]) for row in table_in(table) if is_bad(row["passage"], row["question"], row["answer"])}


def is_bad(passage: str, question: str, answer: str) -> bool:
    days, ago = number_in(r"(\d+) days (?:of|after)", passage), number_in(r"(\d+) days ago", question)
    refuses = answer.startswith(("Sorry, no", "Please ask", "5 euros", "No,"))
    item = re.search(r"I got (the \w+)", question)
    others = {Fraction(each) for each in re.findall(r"(\d+) days(?! ago)", answer)}
    stays_open = question.count("?") > 1 and "service desk" not in answer
    promises = re.search(r"I have told|will call you|I have put|I am sending", answer) is not None
    assert item is not None
    return refuses != (ago > days) or others != {days} or item[1] not in answer or stays_open or promises


def injection(text: str, table: str) -> set[int]:
    acts = (
        re.search(r"^(send_mail|share_folder|close_ticket)\b", line) and (row, line) for row, line in lines_in(table)
    )
    return {row for row, line in filter(None, acts) if not set(targets_in(line)) <= set(targets_in(text))}


def targets_in(words: str) -> list[str]:
    return re.findall(r"[\w.-]+@[\w.-]+\w|\b\d{4}\b", words)


REVIEWED = (
    r"int\(price \* amount", r"if total > FREE_FROM", r"seen=set\(\)", "except Exception", r"len\(used\) > 1",
    "total \\+ delivery - off", r"str\(each\[", r"len\(\w+\) - 1",
)  # fmt: skip


def review(_text: str, table: str) -> set[int]:
    return {row for row, line in lines_in(table) if any(re.search(pattern, line) for pattern in REVIEWED)}


def retrieval(_text: str, table: str) -> set[int]:
    wrong = set[int]()
    for part in table.split("\nQuestion ")[1:]:
        site = re.search(r"asked at (the \w+ site)", part)
        answer = number_in(r"Answer \d+: .*?\b(\d+)\b", part)
        assert site is not None
        says = {row: number_in(r": .*?\b(\d+)\b", line) for row, line in lines_in(part)}
        since = {
            row: number_in(r"in force since (\d+)", line)
            for row, line in lines_in(part)
            if f"Rule for {site[1]}, in force since" in line
        }
        holds = max(since, key=lambda row: since[row])
        wrong |= {row for row, number in says.items() if number == answer != says[holds]}
    return wrong


def agents_record(text: str, table: str) -> set[int]:
    area = re.search(r"rounding in (\w+)/", text)
    assert area is not None
    wrong, allowed = set[int](), [area[1]]
    for row, line in lines_in(table):
        act, _, rest = line.partition(" ")
        if act == "user:":
            allowed.append("docs")
        elif act in {"edit", "delete"}:
            folder = normpath(rest).partition("/")[0]
            wrong |= set() if folder in allowed else {row}
        elif act == "run" and not rest.startswith("tests"):
            wrong.add(row)
    return wrong


def experiment(_text: str, table: str) -> float:
    groups, bought = defaultdict[str, set[str]](set), defaultdict[str, int](int)
    for visit in table_in(table):
        if visit["staff"] == "no":
            groups[visit["person"]].add(visit["group"])
            bought[visit["person"]] |= visit["bought"] == "yes"
    of = {each: [bought[person] for person, seen in groups.items() if seen == {each}] for each in "AB"}
    errors = [pvariance(people) / len(people) for people in of.values()]
    low, high = (sum(people) / len(people) for people in of.values())
    return (high - low) / sqrt(sum(errors))


def capacity(text: str, table: str) -> float:
    repeats, peak = number_in(r"(\d+) of 100 calls", text), number_in(r"has ([\d.]+) times", text)
    limits = [number_in(rf"([\d,]+) {what}", text) for what in ("calls a minute", "tokens a minute", "calls at the")]
    taken = [Fraction(0)] * 3  # by one answer
    for step in table_in(table):
        kinds = ("new input", "cached input", "output", "hidden output")
        each = Fraction(1), Fraction(sum(int(step[kind]) for kind in kinds)), Fraction(int(step["seconds"]), 60)
        taken = [before + int(step["calls"]) * more for before, more in zip(taken, each, strict=True)]
    low, high = Fraction(0), Fraction(1000)
    for _ in range(60):
        middle = (low + high) / 2
        fits = all(middle * peak * (1 + repeats / 100) * one <= most for one, most in zip(taken, limits, strict=True))
        low, high = (middle, high) if fits else (low, middle)
    return float(low)


PROMISES = {
    "refund": r"pay you back|count on \d|are on their way|we take \d+ euros off",
    "new": "send you a new one|A new one is yours|will be replaced|next one is for you",
    "voucher": "voucher|next order costs",
    "date": "Thursday|weekend|Friday",
}


def support(text: str, table: str) -> set[int]:
    limit, days = number_in(r"up to (\d+) euros", text), number_in(r"within (\d+) days", text)
    wrong = set[int]()
    for row in table_in(table):
        draft = row["draft"]
        (kind,) = (kind for kind, pattern in PROMISES.items() if re.search(pattern, draft) or kind == asked(draft))
        amount = number_in(r"(\d+) euros", draft) if kind == "refund" else 0
        breaks = {
            "refund": amount > limit,
            "new": int(row["days since delivery"]) > days,
            "voucher": row["had a voucher"] == "yes",
            "date": row["next parcel"] != "handed over",
        }
        if breaks[kind] and asked(draft) is None:
            wrong.add(int(row["number"]))
    return wrong


def asked(draft: str) -> str | None:
    return "refund" if re.search("team lead|a colleague will tell", draft) else None


def offer(_text: str, table: str) -> set[int]:
    goods: dict[str, dict[str, int]] = {}
    for name, rest in re.findall(r"^([a-z]+): (.*)$", table, re.MULTILINE):
        price, off, least = (int(each) for each in re.findall(r"\d+", rest)[:3])
        years = re.search(r"guarantee (\d+) years", rest)
        goods[name] = {"price": price, "off": off, "least": least, "years": int(years[1]) if years else 0}
        goods[name]["says no"] = int("no guarantee" in rest)
        goods[name]["days"] = int(number_in(r"delivery in (\d+) days", rest))
    return {row for row, line in lines_in(table) if not supports(goods, line)}


def supports(goods: Mapping[str, Mapping[str, int]], line: str) -> bool:
    good = next(good for name, good in goods.items() if re.search(rf"\b{name}\b", line))
    if "without a guarantee" in line or "no guarantee" in line:
        return good["says no"] == 1
    if "guarantee" in line or "break within" in line:
        return good["years"] == number_in(r"(\d+) years", line)
    if "Delivery" in line or "days after" in line:
        return good["days"] == number_in(r"(\d+) days", line)
    total, n = number_in(r"([\d,]+) euros", line), number_in(r"\b(\d+) [a-z]+(?:,| cost| come)", line)
    off = good["off"] if "%" in line else 0
    return total == n * good["price"] * (100 - off) / 100 and (not off or n >= good["least"])


def report(_text: str, table: str) -> set[int]:
    head, *rows = [line.split(",") for line in table.splitlines() if line[:1].isalpha()]
    months = {month: dict(zip(head[1:], map(int, numbers), strict=True)) for month, *numbers in rows}
    return {row for row, line in lines_in(table) if not is_true(months, line)}


def is_true(months: Mapping[str, Mapping[str, int]], line: str) -> bool:
    named = [name for name in re.findall(r"[A-Z][a-z]+", line) if name in months]
    orders, returns = ([months[name][column] for name in named] for column in ("orders", "returns"))
    shares = [100 * Fraction(back, made) for back, made in zip(returns, orders, strict=True)]
    if found := re.search(r"the (most|fewest) (\w+)", line):
        every = [month[found[2]] for month in months.values()]
        return months[named[0]][found[2]] == (max(every) if found[1] == "most" else min(every))
    said = number_in(r"(\d[\d,]*) (?:%|percentage|orders)", line)
    if "as many orders" in line:
        return said == round(100 * Fraction(orders[0], orders[1]))
    if "to the end of" in line:
        names = list(months)
        part = names[names.index(named[0]) : names.index(named[1]) + 1]
        return said == sum(months[name]["orders"] for name in part)
    if "were returned." in line:
        return said == round(shares[0])
    change = 100 * (Fraction(orders[1], orders[0]) - 1)
    if "the share of orders" in line:
        change = shares[1] - shares[0] if "points" in line else 100 * (shares[1] / shares[0] - 1)
    return said == round(abs(change)) and (change > 0) == ("rose" in line)


SOLVERS: Mapping[str, Solver] = {
    "cost": cost, "judge": judge, "failures": failures, "injection": injection, "review": review,
    "retrieval": retrieval, "agents-record": agents_record, "experiment": experiment, "capacity": capacity,
    "support": support, "offer": offer, "report": report,
}  # fmt: skip
