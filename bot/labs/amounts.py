"""Labs whose answer is a number, with what follows from known mistakes."""

from collections.abc import Iterable
from math import hypot, sqrt
from random import Random

from bot.core.labs import Amount, Lab

NEW, CACHED, OUT = 2.0, 0.2, 8.0  # euros for a million tokens
JUDGED = 2000
Visit = tuple[str, str, str, str]  # the person, the group, whether they are staff, and whether they bought


def cost(rand: Random, lab: Lab) -> Amount:
    """Make a day's calls of one feature, some of them failed or unseen, with input from a cache and hidden output."""
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
            shown = "yes" if works and is_seen else "no"
            rows.append((time, turn + 1, number, "ok" if works else status, *call[1:], shown))
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


def judge(rand: Random, lab: Lab) -> Amount:
    """Make what a judge said of many answers, and how often it errs on answers that people marked."""
    good, bad = rand.randint(55, 75), rand.randint(40, 60)  # that people marked
    hit = rand.randint(int(good * 0.84), int(good * 0.95))  # good answers that the judge also calls good
    alarm = rand.randint(int(bad * 0.15), int(bad * 0.35))  # bad, and the judge calls it good
    catches, errs, true = hit / good, alarm / bad, rand.uniform(0.55, 0.85)
    said = round(JUDGED * (true * catches + (1 - true) * errs))
    raw = said / JUDGED
    mistakes = {
        "raw": 100 * raw,
        "agreement": 100 * raw * (hit + bad - alarm) / (good + bad),
        "swapped": 100 * (raw - (1 - catches)) / (catches - errs),
        "half": 100 * (raw - errs * (1 - raw)),
        "missed": 100 * (raw + (1 - catches) * raw),
        "picked": 100 * (raw * hit / (hit + alarm) + (1 - raw) * (good - hit) / (good - hit + bad - alarm)),
        "marked": 100 * good / (good + bad),
    }
    right = 100 * (raw - errs) / (catches - errs)
    figures = {"good": good, "bad": bad, "hit": hit, "alarm": alarm, "said": f"{said:,}"}
    told = {"catches": f"{100 * catches:.1f}", "errs": f"{100 * errs:.1f}", "raw": f"{100 * raw:.1f}"}
    return Amount(lab, right, mistakes, figures | told)


def experiment(rand: Random, lab: Lab) -> Amount:
    """Make visits of two groups: people come several times, some are staff, some were in both groups."""
    visits, both, low = list[Visit](), set[str](), rand.uniform(0.25, 0.4)
    for number in range(rand.randint(170, 200)):
        person, group, staff = f"p{number:03}", rand.choice("AB"), rand.choices(("yes", "no"), (7, 93))[0]
        times = rand.choices((1, 2, 3, 5), (50, 25, 15, 10))[0]
        buys = staff == "yes" or rand.random() < low + 0.2 * (group == "B")
        bought_at = rand.randrange(times) if buys else -1
        visits += [(person, group, staff, "yes" if time == bought_at else "no") for time in range(times)]
        if rand.random() < 0.07:
            both.add(person)
            visits.append((person, "AB".replace(group, ""), staff, "no"))
    rand.shuffle(visits)
    guests = [visit for visit in visits if visit[2] == "no"]
    counted = [visit for visit in guests if visit[0] not in both]
    mistakes = {
        "visits": z_of(counted, by_visit=True),
        "staff": z_of(visit for visit in visits if visit[0] not in both),
        "both": z_of(guests),
        "everybody": z_of(visits),
        "added": z_of(counted, adds=True),
    }
    z = z_of(counted)
    need = round(len({visit[0] for visit in counted}) / 2 * (2.8 / max(z, 1)) ** 2)  # a smaller z is drawn anew
    figures = {"z": f"{z:.2f}", "need": f"{need:,}"}
    return Amount(lab, z, mistakes, figures, (lab.material["columns"], *visits))


def z_of(visits: Iterable[Visit], *, by_visit: bool = False, adds: bool = False) -> float:
    """Return by how many standard errors B is above A. `by_visit` and `adds` are known mistakes."""
    bought: dict[tuple[str, str | int], bool] = {}
    for number, (person, group, _, has) in enumerate(visits):
        unit = group, number if by_visit else person
        bought[unit] = bought.get(unit, False) or has == "yes"
    shares, errors = list[float](), list[float]()
    for each in "AB":
        outcomes = [has for (group, _), has in bought.items() if group == each]
        shares.append(sum(outcomes) / len(outcomes))
        errors.append(sqrt(shares[-1] * (1 - shares[-1]) / len(outcomes)))
    return (shares[1] - shares[0]) / (sum(errors) if adds else hypot(*errors))


def capacity(rand: Random, lab: Lab) -> Amount:
    """Make the limits of a provider, and what the calls of one answer take of each."""
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
