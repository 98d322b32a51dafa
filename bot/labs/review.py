"""A change that a coding agent wrote for a shop, with faults that its own tests do not see."""

from collections.abc import Collection
from random import Random

from bot.core.labs import Lab, Rows


def make(rand: Random, lab: Lab) -> Rows:
    return build(lab, rand.choice(lab.material["names"]), rand.sample(list(lab.faults), 4))


def build(lab: Lab, names: str, faulty: Collection[str]) -> Rows:
    """Return the code with these faults. The row of a fault is the first line that differs from the sound one."""
    item, coupon = names.split()
    parts = {kind: lab.material[kind][kind in faulty] for kind in lab.faults}
    begins = {kind: _first_difference(*lab.material[kind]) for kind in faulty}
    rows = Rows(lab)
    for line in lab.material["code"][0].splitlines():
        kind = line.strip(" {}")
        if kind not in parts:
            rows.add("", line.format(item=item, coupon=coupon))
            continue
        indent = line[: line.index("{")]
        for number, part in enumerate(parts[kind].splitlines()):
            rows.add(kind if begins.get(kind) == number else "", indent + part.format(item=item, coupon=coupon))
    return rows


def _first_difference(sound: str, faulty: str) -> int:
    pairs = zip(sound.splitlines(), faulty.splitlines(), strict=False)
    return next(number for number, (one, other) in enumerate(pairs) if one != other)
