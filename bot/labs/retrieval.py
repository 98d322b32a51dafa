"""Answers of a search over a firm's rules, with the passages that it found; some passages misled it."""

from random import Random

from bot.core.labs import Lab, Rows

QUESTIONS = 8


def make(rand: Random, lab: Lab) -> Rows:
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
