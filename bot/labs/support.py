"""Drafts of a support team, with what is known of each order; some promise what the rules do not allow."""

from random import Random

from bot.core.labs import Lab, Rows, planted

TOPICS = ("refund", "replace", "voucher", "date")
TOPIC_OF = {"to-the-cent": "refund", "last-day": "replace", "asks": "refund"}  # decoys


def make(rand: Random, lab: Lab) -> Rows:
    limit, days = rand.choice((30, 40, 50, 60)), rand.choice((14, 21, 30))
    rows = Rows(lab, lab.material["columns"], {"limit": limit, "days": days})
    for kind in planted(rand, lab, 30, faults=(7, 9), decoys=(5, 7)):
        topic, fits = TOPIC_OF.get(kind, kind or rand.choice(TOPICS)), False
        while not fits:
            amount, ago = limit + 5 * rand.randint(-4, 6), rand.randint(1, days + 10)
            had, parcel = rand.choice(("yes", "no")), rand.choice(lab.material["parcels"])
            breaks = {
                "refund": amount > limit,
                "replace": ago > days,
                "voucher": had == "yes",
                "date": parcel == lab.material["parcels"][0],
            }
            exact = {"to-the-cent": amount == limit, "last-day": ago == days}
            fits = exact.get(kind, breaks[topic] == (kind in {topic, "asks"}))
        draft = rand.choice(lab.material["asks" if kind == "asks" else topic])
        rows.add(kind, ago, had, parcel, draft.format(amount=amount))
    return rows
