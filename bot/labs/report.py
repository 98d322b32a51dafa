"""Sentences of a report, and the table of months that they are about."""

from collections import defaultdict
from itertools import pairwise
from operator import itemgetter
from random import Random

from bot.core.labs import Lab, Rows, Words, planted

FORMS = {"base": "change", "month": "share", "second": "most", "quarter": "sum"}  # of kinds with a wrong number
OFTEN = "change", "share", "most", "sum"
Table = list[tuple[str, int, int, int]]  # the month, its visits, orders and returns


def make(rand: Random, lab: Lab) -> Rows:
    words, rows, table = lab.material, Rows(lab), Table()
    for month in words["months"]:
        orders = rand.randint(600, 1300)
        visits, returns = orders * rand.randint(5, 12) + rand.randint(0, 99), rand.randint(orders // 16, orders // 3)
        table.append((month, visits, orders, returns))
    pairs = sentences(words, table)
    if min(len(pairs[form]) for form in (*OFTEN, "percent", *lab.decoys)) < 5:
        return make(rand, lab)
    rows.lines = [f"{','.join(map(str, row))}\n" for row in (words["columns"], *table)] + ["\n"]
    drawn = []
    for kind in sorted(planted(rand, lab, 16, faults=(4, 5), decoys=(3, 4)), reverse=True):  # what is fine comes last
        form = FORMS.get(kind, kind) or max(OFTEN, key=lambda each: len(pairs[each]))
        drawn.append((kind, pairs[form].pop(rand.randrange(len(pairs[form])))[kind in FORMS]))
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
