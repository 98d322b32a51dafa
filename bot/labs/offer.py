"""Statements of an offer, and the price list that must support them."""

from random import Random

from bot.core.labs import Lab, Rows, planted

FORMS = {"sum": "total", "early": "reduced", "edge": "reduced", "sooner": "delivery", "longer": "guarantee"}  # of kinds
OFTEN = "total", "reduced", "delivery", "guarantee"
SILENT, NONE = -1, 0  # years of guarantee


def make(rand: Random, lab: Lab) -> Rows:
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
        form = FORMS.get(kind, kind) or rand.choice(OFTEN)
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
