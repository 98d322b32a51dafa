"""A record of a coding agent's run, and what its brief allows; half-way the user allows more."""

from random import Random

from bot.core.labs import Lab, Rows


def make(rand: Random, lab: Lab) -> Rows:
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
