"""The limits of a provider, and what the calls of one answer take of each."""

from random import Random

from bot.core.labs import Amount, Lab


def make(rand: Random, lab: Lab) -> Amount:
    repeats, peak = rand.choice((5, 8, 10, 12)), rand.choice((1.5, 2, 2.5))
    steps = []  # name, calls, new input, cached input, output, hidden output, seconds
    for name in lab.material["steps"]:
        new, cached, hidden = 100 * rand.randint(2, 12), rand.choice((0, 1024, 2048)), 100 * rand.randint(1, 12)
        steps.append((name, rand.randint(1, 3), new, cached, 10 * rand.randint(5, 40), hidden, rand.randint(2, 9)))
    calls, busy = sum(step[1] for step in steps), sum(step[1] * step[6] for step in steps) / 60
    tokens, unshown = sum(step[1] * sum(step[2:6]) for step in steps), sum(step[1] * step[5] for step in steps)
    fills, rate, more = rand.randrange(2), rand.uniform(60, 110), rand.uniform(1.3, 1.8)
    most_calls = 10 * round(calls * rate * more * 0.13)
    most_tokens = 1000 * round(tokens * rate * (more if fills else 1) / 1000)
    slots = round(busy * rate * (1 if fills else more))
    full = most_calls / calls, most_tokens / tokens, slots / busy  # answers in the busiest minute
    least, share = min(full), 1 / (1 + repeats / 100) / peak
    mistakes = {
        "requests": full[0] * share,
        "other": max(full[1:]) * share,
        "repeats": least / peak,
        "peak": least * share * peak,
        "hidden": min(full[0], most_tokens / (tokens - unshown), full[2]) * share,
    }
    figures = {"repeats": repeats, "peak": peak, "requests": f"{most_calls:,}", "tokens": f"{most_tokens:,}"}
    told = {"slots": slots, "which": lab.material["fills"][fills], "calls": f"{full[0] * share:.1f}"}
    differ = {name: value for name, value in mistakes.items() if value != least * share}
    return Amount(lab, least * share, differ, figures | told, (lab.material["columns"], *steps))
