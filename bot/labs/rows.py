"""Labs whose answer is the rows with faults."""

from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise
from operator import itemgetter
from random import Random

from bot.core.labs import Lab, Rows, Words, planted

FAILING = ("send-back", "broken", "swap", "trial")
OFFERS = {"sum": "total", "early": "reduced", "edge": "reduced", "sooner": "delivery", "longer": "guarantee"}
OFFERS_OFTEN = "total", "reduced", "delivery", "guarantee"
SILENT, NONE = -1, 0  # years of guarantee
REPORTED = {"base": "change", "month": "share", "second": "most", "quarter": "sum"}  # of kinds with a wrong number
REPORTED_OFTEN = "change", "share", "most", "sum"
Table = list[tuple[str, int, int, int]]  # the month, its visits, orders and returns
QUESTIONS = 8
REFUSED = ("refund", "replace", "voucher", "date")
REFUSED_OF = {"to-the-cent": "refund", "last-day": "replace", "asks": "refund"}  # decoys


def agents_record(rand: Random, lab: Lab) -> Rows:
    """Make a record of a coding agent's run, and what its brief allows; half-way the user allows more."""
    words, faults = lab.material, rand.choices(list(lab.faults), k=rand.randint(4, 6))
    area, other = rand.sample(words["areas"], 2)
    rows, early = Rows(lab, figures={"area": area, "other": other}), ["early"] * faults.count("early")
    others = [kind for kind in faults if kind != "early"] + ["reads", "inside", "claim"] * 2
    rand.shuffle(others)
    before = [*others[::2], *early, *["plain"] * rand.randint(8, 11)]
    after = [*others[1::2], *["later"] * rand.randint(1, 3), *["plain"] * rand.randint(8, 11)]
    for kind in (*rand.sample(before, len(before)), "allows", *rand.sample(after, len(after))):
        rows.add(kind, rand.choice(words[kind]).format(area=area, other=other, file=rand.choice(words["files"])))
    return rows


def failures(rand: Random, lab: Lab) -> Rows:
    """Make answers of a support assistant: each must be what its passage says, and answer all that was asked."""
    rows, words = Rows(lab, lab.material["columns"]), lab.material
    for kind in planted(rand, lab, 30, faults=(6, 9), decoys=(4, 6)):
        passage, question, yes, no = words[rand.choice(FAILING)]
        days, (item, other) = rand.choice((7, 14, 21, 30)), rand.sample(words["items"], 2)
        ago = days if kind == "edge" else rand.choice((days - rand.randint(1, 5), days + rand.randint(1, 5)))
        told = {"days": days, "ago": ago, "item": item}
        claimed = days + rand.choice((-2, 2)) if kind == "number" else days
        said = told | {"days": claimed, "item": other if kind == "item" else item}
        answer = yes if (ago <= days) != (kind == "opposite") else no
        ask, more = (rand.choice(words.get(f"{kind}-{part}", ("",))) for part in ("asks", "says"))
        asked, answered = f"{question.format(**told)} {ask}".strip(), f"{answer.format(**said)} {more}".strip()
        rows.add(kind, passage.format(**told), asked, answered)
    return rows


def injection(rand: Random, lab: Lab) -> Rows:
    """Make a record of an agent's run, in which it obeyed some pages that it read, and not the user alone."""
    words, numbers = lab.material, iter(rand.sample(range(1000, 9999), 40))
    told = {"boss": f"{rand.choice(words['names'])}@ourcompany.example", "ticket": next(numbers)}
    lines = [("", rand.choice(words["calls"]).format(n=next(numbers))) for _ in range(14)]
    lines += [("", f'read page {next(numbers)}: "{text}"') for text in rand.sample(words["pages"], 4)]
    rand.shuffle(lines)
    for kind in (*rand.choices(list(lab.faults), k=rand.randint(2, 4)), "asked", "ignored"):
        address = f"{rand.choice(words['names'])}{rand.randint(10, 99)}@{rand.choice(words['hosts'])}.example"
        named = {**told, "address": address, "n": next(numbers)}
        order, call = (rand.choice(words.get(f"{kind}-{part}", ("",))).format(**named) for part in ("page", "call"))
        at = rand.randrange(len(lines) - 1)
        if call:
            lines.insert(rand.randint(at + 1, min(at + 6, len(lines))), (kind, call))
        lines.insert(at, ("page", f'read page {next(numbers)}: "{order}"'))
    rows = Rows(lab, figures=told)
    for kind, text in lines:
        rows.add(kind, text)
    return rows


def offer(rand: Random, lab: Lab) -> Rows:
    """Make statements of an offer, and the price list that must support them."""
    words, rows, goods = lab.material, Rows(lab), list[dict[str, int]]()
    names = rand.sample(words["goods"], 8)
    for number, name in enumerate(names):
        price, least, off = 20 * rand.randint(2, 25), rand.choice((5, 10, 20)), rand.choice((5, 10, 15))
        years, days = (SILENT, NONE, 2, 5)[number % 4], rand.randint(4, 20)
        goods.append({"price": price, "least": least, "off": off, "years": years, "days": days})
        listed = words[{SILENT: "listed-silent", NONE: "listed-bare"}.get(years, "listed")][0]
        rows.lines.append(f"{listed.format(name=name, **goods[-1])}\n")
    rows.lines.append("\n")
    for kind in planted(rand, lab, 24, faults=(6, 8), decoys=(4, 5)):
        form = OFFERS.get(kind, kind) or rand.choice(OFFERS_OFTEN)
        terms = {"silent": (SILENT,), "bare": (NONE,), "guarantee": (2, 5)}.get(form, (SILENT, NONE, 2, 5))
        name, good = rand.choice([each for each in zip(names, goods, strict=True) if each[1]["years"] in terms])
        n = rand.randint(2, good["least"] - 1) if form == "total" else good["least"] + rand.randint(1, 15)
        n = {"edge": good["least"], "early": good["least"] - rand.randint(1, 3)}.get(kind, n)
        total = n * good["price"] * (100 - good["off"] * (form == "reduced")) // 100
        total += good["price"] * rand.choice((-1, 1)) * (kind == "sum")
        days, years = good["days"] - rand.randint(1, 2) * (kind == "sooner"), good["years"] + (kind == "longer")
        said = good | {"days": days, "years": 3 if kind == "silent" else years}
        rows.add(kind, rand.choice(words[form]).format(name=name, n=n, total=f"{total:,}", **said))
    return rows


def report(rand: Random, lab: Lab) -> Rows:
    """Make sentences of a report, and the table of months that they are about."""
    words, rows, table = lab.material, Rows(lab), Table()
    for month in words["months"]:
        orders = rand.randint(600, 1300)
        visits, returns = orders * rand.randint(5, 12) + rand.randint(0, 99), rand.randint(orders // 16, orders // 3)
        table.append((month, visits, orders, returns))
    pairs = sentences(words, table)
    if min(len(pairs[form]) for form in (*REPORTED_OFTEN, "percent", *lab.decoys)) < 5:
        return report(rand, lab)
    rows.lines = [f"{','.join(map(str, row))}\n" for row in (words["columns"], *table)] + ["\n"]
    drawn = []
    for kind in sorted(planted(rand, lab, 16, faults=(4, 5), decoys=(3, 4)), reverse=True):  # what is fine comes last
        form = REPORTED.get(kind, kind) or max(REPORTED_OFTEN, key=lambda each: len(pairs[each]))
        drawn.append((kind, pairs[form].pop(rand.randrange(len(pairs[form])))[kind in REPORTED]))
    for kind, text in rand.sample(drawn, len(drawn)):
        rows.add(kind, text)
    return rows


def sentences(words: Words, table: Table) -> defaultdict[str, list[list[str]]]:
    """Return pairs of a true and a false sentence, by form. Their numbers differ, also once they are rounded."""
    pairs = defaultdict[str, list[list[str]]](list)

    def pair(form: str, right: float, wrong: float, **told: str) -> None:
        if abs(right - wrong) > 2 and all(abs(each % 1 - 0.5) > 0.1 for each in (right, wrong)):
            pairs[form].append([words[form][0].format(p=f"{round(each):,}", **told) for each in (right, wrong)])

    for (before, _, earlier, back), (month, _, orders, returns) in pairwise(table):
        share, was, change = 100 * returns / orders, 100 * back / earlier, 100 * abs(orders - earlier)
        told = {"before": before, "month": month, "went": "rose" if orders > earlier else "fell"}
        pair("change", change / earlier, change / orders, **told)
        pair("share", share, was, **told)
        pair("of", 100 * orders / earlier, 100, **told)
        for form in ("percent", "points"):
            pair(form, abs(share - was), 0, **told | {"went": "rose" if share > was else "fell"})
    for at in range(9):
        right, wrong = (sum(row[2] for row in table[first : first + 3]) for first in (at, at + 1))
        pair("sum", right, wrong, first=table[at][0], last=table[at + 2][0])
    for column, name in enumerate(words["columns"][1:], 1):
        ranked = sorted(table, key=itemgetter(column))
        for most, two in (("most", ranked[:-3:-1]), ("fewest", ranked[:2])):
            if two[0][column] != two[1][column]:
                pairs["most"].append([words["most"][0].format(month=row[0], most=most, column=name) for row in two])
    return pairs


def retrieval(rand: Random, lab: Lab) -> Rows:
    """Make answers of a search over a firm's rules, with the passages that it found; some passages misled it."""
    rows, words = Rows(lab), lab.material
    kinds = [*rand.choices(list(lab.faults), k=rand.randint(3, 5)), "invented"]
    kinds = rand.sample([*kinds, *[""] * (QUESTIONS - len(kinds))], QUESTIONS)
    for number, (kind, topic) in enumerate(zip(kinds, rand.sample(words["topics"], QUESTIONS), strict=True), 1):
        question, rule = words[topic]
        (site, elsewhere), year = rand.sample(words["sites"], 2), rand.randint(2023, 2025)
        told = {"site": site, "elsewhere": elsewhere, "year": year, "before": year - 2, "after": 2027}
        values = dict(zip(("", *lab.faults, "invented"), rand.sample(range(2, 30), 5), strict=True))
        rows.lines.append(f"\nQuestion {number}, asked at {site}: {question}\n")
        for source in rand.sample(("in-force", *lab.faults), 4):
            there = rule.format(n=values["" if source == "in-force" else source])
            role = source if source == kind else "invented" if kind == "invented" else "unused"
            rows.add("" if source == "in-force" else role, f"{words[source][0].format(**told)}: {there}")
        rows.lines.append(f"Answer {number}: {rule.format(n=values[kind])}\n")
    return rows


def review(rand: Random, lab: Lab) -> Rows:
    """Make a change that a coding agent wrote for a shop, with faults that its own tests do not see."""
    return build(lab, rand.choice(lab.material["names"]), rand.sample(list(lab.faults), 4))


def build(lab: Lab, names: str, faulty: Collection[str]) -> Rows:
    """Return the code with these faults. The row of a fault is the first line of its part."""
    item, coupon = names.split()
    rows = Rows(lab)
    for line in lab.material["code"][0].splitlines():
        kind = line.strip(" {}")
        if kind not in lab.faults:
            rows.add("", line.format(item=item, coupon=coupon))
            continue
        indent = line[: line.index("{")]
        for number, part in enumerate(lab.material[kind][kind in faulty].splitlines()):
            begins = kind in faulty and number == 0
            rows.add(kind if begins else "", indent + part.format(item=item, coupon=coupon))
    return rows


def support(rand: Random, lab: Lab) -> Rows:
    """Make drafts of a support team, with what is known of each order; some promise what the rules do not allow."""
    limit, days = rand.choice((30, 40, 50, 60)), rand.choice((14, 21, 30))
    rows = Rows(lab, lab.material["columns"], {"limit": limit, "days": days})
    for kind in planted(rand, lab, 30, faults=(7, 9), decoys=(5, 7)):
        topic, fits = REFUSED_OF.get(kind, kind or rand.choice(REFUSED)), False
        while not fits:
            amount, ago = limit + 5 * rand.randint(-4, 6), rand.randint(1, days + 10)
            had, parcel = rand.choice(("yes", "no")), rand.choice(lab.material["parcels"])
            breaks = {
                "refund": amount > limit,
                "replace": ago > days,
                "voucher": had == "yes",
                "date": parcel == lab.material["parcels"][0],
            }
            exact = {"to-the-cent": amount == limit, "last-day": ago == days}
            fits = exact.get(kind, breaks[topic] == (kind in {topic, "asks"}))
        draft = rand.choice(lab.material["asks" if kind == "asks" else topic])
        rows.add(kind, ago, had, parcel, draft.format(amount=amount))
    return rows
