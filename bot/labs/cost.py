"""A day's calls of one feature, some of them failed or unseen, with input from a cache and hidden output."""

from random import Random

from bot.core.labs import Amount, Lab

NEW, CACHED, OUT = 2.0, 0.2, 8.0  # euros for a million tokens


def make(rand: Random, lab: Lab) -> Amount:
    rows: list[tuple[object, ...]] = [lab.material["columns"]]
    calls: list[tuple[bool, int, int, int, int]] = []  # whether it worked, and its tokens
    seen, answers = 0, rand.randint(70, 90)
    for turn in range(answers):
        tries, is_seen = rand.choices((1, 2, 3), (80, 14, 6))[0], rand.random() > 0.06
        seen += is_seen
        for number in range(1, tries + 1):
            works = number == tries
            new, cached = rand.randint(300, 2200), rand.choice((0, 0, 1024, 2048, 4096))
            out, hidden = rand.randint(120, 900) if works else rand.randint(0, 60), rand.randint(200, 2400)
            call = works, new, cached, out, rand.choice((0, hidden))
            status, time = rand.choice(("timeout", "bad json")), f"{9 + turn // 10:02}:{turn % 10 * 6 + number:02}"
            rows.append(
                (time, turn + 1, number, "ok" if works else status, *call[1:], "yes" if works and is_seen else "no")
            )
            calls.append(call)
    bill = sum(cents(*tokens) for _, *tokens in calls)
    worked = sum(cents(*tokens) for works, *tokens in calls if works)
    plain = sum(cents(new, cached, out, 0) for _, new, cached, out, _ in calls)
    uncached = sum(cents(new + cached, 0, out, hidden) for _, new, cached, out, hidden in calls)
    mistakes = {name: each / seen for name, each in (("failed", worked), ("hidden", plain), ("cached", uncached))}
    mistakes |= {"calls": bill / len(calls), "unseen": bill / answers}
    lost, unshown = (round(100 * (bill - part) / bill) for part in (worked, plain))
    figures = {"calls": len(calls), "bill": f"{bill:.1f}", "seen": seen, "failed": lost, "hidden": unshown}
    return Amount(lab, bill / seen, mistakes, figures, rows)


def cents(new: int, cached: int, out: int, hidden: int) -> float:
    return (new * NEW + cached * CACHED + (out + hidden) * OUT) / 10_000
