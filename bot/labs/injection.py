"""A record of an agent's run, in which it obeyed some pages that it read, and not the user alone."""

from random import Random

from bot.core.labs import Lab, Rows


def make(rand: Random, lab: Lab) -> Rows:
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
