"""Statements of an offer, and the price list that must support them."""

from random import Random

from bot.core.labs import Lab, Rows, planted

FORMS = {"sum": "total", "early": "reduced", "edge": "reduced", "sooner": "delivery", "longer": "guarantee"}  # of kinds
OFTEN = "total", "reduced", "delivery", "guarantee"


def make(rand: Random, lab: Lab) -> Rows:
    words, rows, goods = lab.material, Rows(lab), list[dict[str, int]]()
    names = rand.sample(words["goods"], 8)
    for number, name in enumerate(names):
        price, least, off = 20 * rand.randint(2, 25), rand.choice((5, 10, 20)), rand.choice((5, 10, 15))
        goods.append(
            {"price": price, "least": least, "off": off, "years": (0, 2, 5)[number % 3], "days": rand.randint(4, 20)}
        )
        line = words["listed" if goods[-1]["years"] else "listed-bare"][0]
        rows.lines.append(f"{line.format(name=name, **goods[-1])}\n")
    for kind in planted(rand, lab, 24, faults=(6, 8), decoys=(4, 5)):
        form, is_bare = FORMS.get(kind, kind) or rand.choice(OFTEN), kind in {"silent", "bare"}
        fits = [
            n for n, good in enumerate(goods) if not (is_bare or form == "guarantee") or is_bare == (good["years"] == 0)
        ]
        at = rand.choice(fits)
        good = goods[at]
        n = rand.randint(2, good["least"] - 1) if form == "total" else good["least"] + rand.randint(1, 15)
        n = {"edge": good["least"], "early": good["least"] - rand.randint(1, 3)}.get(kind, n)
        total = n * good["price"] * (100 - good["off"] * (form == "reduced")) // 100
        total += good["price"] * rand.choice((-1, 1)) * (kind == "sum")
        days, years = good["days"] - rand.randint(1, 2) * (kind == "sooner"), good["years"] + (kind == "longer") or 3
        said = good | {"days": days, "years": years}
        rows.add(kind, rand.choice(words[form]).format(name=names[at], n=n, total=f"{total:,}", **said))
    return rows
