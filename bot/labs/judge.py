"""What a judge said of many answers, and how often it errs on answers that people marked."""

from random import Random

from bot.core.labs import Amount, Lab

ANSWERS = 2000


def make(rand: Random, lab: Lab) -> Amount:
    good, bad = rand.randint(55, 75), rand.randint(40, 60)  # that people marked
    hit = rand.randint(int(good * 0.84), int(good * 0.95))  # good, and the judge says so
    alarm = rand.randint(int(bad * 0.15), int(bad * 0.35))  # bad, and the judge calls it good
    catches, errs, true = hit / good, alarm / bad, rand.uniform(0.55, 0.85)
    said = round(ANSWERS * (true * catches + (1 - true) * errs))
    raw = said / ANSWERS
    mistakes = {
        "raw": 100 * raw,
        "agreement": 100 * raw * (hit + bad - alarm) / (good + bad),
        "swapped": 100 * (raw - (1 - catches)) / (catches - errs),
        "half": 100 * (raw - errs * (1 - raw)),
        "marked": 100 * good / (good + bad),
    }
    right = 100 * (raw - errs) / (catches - errs)
    figures = {"good": good, "bad": bad, "hit": hit, "alarm": alarm, "said": f"{said:,}"}
    told = {"catches": f"{100 * catches:.1f}", "errs": f"{100 * errs:.1f}", "raw": f"{100 * raw:.1f}"}
    return Amount(lab, right, mistakes, figures | told)
