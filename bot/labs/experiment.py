"""Visits in an experiment with two groups: people come several times, some are staff, some were in both groups."""

from collections.abc import Iterable
from math import hypot, sqrt
from random import Random

from bot.core.labs import Amount, Lab

Visit = tuple[str, str, str, str]  # the person, the group, whether they are staff, and whether they bought


def make(rand: Random, lab: Lab) -> Amount:
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
    figures = {"z": f"{z:.2f}", "chance": "rarely" if z > 2 else "often enough", "need": f"{need:,}"}
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
