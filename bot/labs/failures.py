"""Answers of a support assistant: each must be what its passage says, and answer all that was asked."""

from random import Random

from bot.core.labs import Lab, Rows, planted

TOPICS = ("send-back", "broken", "swap", "trial")


def make(rand: Random, lab: Lab) -> Rows:
    rows, words = Rows(lab, lab.material["columns"]), lab.material
    for kind in planted(rand, lab, 30, faults=(6, 9), decoys=(4, 6)):
        passage, question, yes, no = words[rand.choice(TOPICS)]
        days, (item, other) = rand.choice((7, 14, 21, 30)), rand.sample(words["items"], 2)
        ago = days if kind == "edge" else rand.choice((days - rand.randint(1, 5), days + rand.randint(1, 5)))
        told = {"days": days, "ago": ago, "item": item}
        said = {
            "days": days + rand.choice((-2, 2)) if kind == "number" else days,
            "ago": ago,
            "item": other if kind == "item" else item,
        }
        answer = yes if (ago <= days) != (kind == "opposite") else no
        ask, more = (rand.choice(words.get(f"{kind}-{part}", ("",))) for part in ("asks", "says"))
        rows.add(
            kind,
            passage.format(**told),
            f"{question.format(**told)} {ask}".strip(),
            f"{answer.format(**said)} {more}".strip(),
        )
    return rows
