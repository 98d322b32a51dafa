"""A small catalogue that passes every rule about its texts and its paths, and the means to change one value of it."""

from typing import Any

import yaml

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Need, Role, Skill, Theme
from bot.core.projects import Project

SKILL: dict[str, Any] = yaml.safe_load("""
slug: costs
origin: extension
name: Token costs
theme: speed
why: A bill that nobody watches is the next outage.
looks_like:
  aware: You can find the bill.
  working: Each feature has a price.
  teaching: Others use your sheet.
first_exercise: Open the usage page and write down the three most expensive calls of yesterday.
mistakes: [Watching only the monthly total]
asks: [why did the bill go up]
tips:
  - id: price-by-hand
    title: Put a price on one answer
    do:
      - Count the tokens of one answer by hand.
      - Multiply them by the two prices on the provider's public page.
    done_when: the sum stands in a note, input and output apart.
    minutes: 20
    own_work: true
  - id: ten-longest
    title: Open the ten longest prompts
    do: [Sort yesterday's requests by length., Open the top ten and write a cause beside each of them.]
    done_when: all ten have a cause, and the most common one is in a ticket.
    minutes: 30
    own_work: true
    needs: [logs]
  - id: colleague-guesses
    title: Let a colleague guess the bill
    do:
      - Show a colleague three screens of one feature.
      - Ask which of them costs most, then open the usage page.
    done_when: your colleague has named one screen, and the page agrees or surprises you both.
    minutes: 20
    own_work: true
    needs: [partner]
  - id: cut-one-block
    title: Delete one block of a prompt
    do:
      - Take out the block that you can explain least.
      - Run five saved inputs on the old prompt and the new one.
    done_when: five pairs are marked, and the shorter prompt is kept or the lost input is named.
    minutes: 25
    own_work: true
checks:
  - id: bill-doubled
    ask: The bill doubled overnight and traffic did not. Which number do you sort by?
    options:
      - {text: Input tokens for each request, right: true, because: A longer prompt is paid for each time.}
      - {text: Requests for each minute, because: Traffic is the one thing that did not change.}
      - {text: Errors for each hour, because: "A failed call may cost little, and hides the long ones."}
  - id: cheaper-model
    ask: A model at half the price answers with twice the words. What do you compare?
    options:
      - {text: The price list, because: "It counts tokens, and this model needs more of them."}
      - {text: The price of one finished job, right: true, because: Words and retries are both in it.}
      - {text: The time to the first word, because: "It says how the wait feels, and nothing about money."}
""")
TIPS, CHECKS = SKILL["tips"], SKILL["checks"]
CHALLENGE: dict[str, Any] = yaml.safe_load("""
slug: price-under-each-answer
origin: extension
name: Print the price under each answer
theme: speed
skill: costs
do: In staging, print below every answer what it cost. Do one of your own tasks and change the most expensive step.
done_when: the second run of your task was cheaper, and the usage record agrees.
minutes: 60
evidence: Which step surprised you?
""")
PROJECT: dict[str, Any] = yaml.safe_load("""
slug: cap-the-cost
origin: extension
name: Know what answers cost
outcome: A page with the price of one answer, and a limit that was tried.
why: You get one number for every talk about cost.
theme: speed
skills: [costs]
needs: [logs]
without: {logs: the usage page of the provider}
keeps: {name: the cost page, start: "Feature, date:"}
half_way: {after: 2, says: You know the price of one answer.}
done_when: the page has a price that somebody else has read.
show: Show the page in your next meeting.
ask: What does one answer cost?
again: {after_weeks: 8, minutes: 10, do: Write the price of today under the old one., uses: the price}
before: Nobody knew.
after: One answer costs 0.02.
steps:
  - &step
    id: cost-price
    title: Put a price on one real answer
    skill: costs
    minutes: 20
    why: You get one number.
    called: unit economics
    makes: the price
    kit: "answer | tokens | price"
    do: [Open one request of today., Multiply its tokens by their prices.]
    done_when: the price of one answer stands on the page.
    small: Write down the two prices.
    before: Nobody knew.
    after: It costs 0.02.
  - {<<: *step, id: cost-part, title: Find the part that costs most, uses: the price, makes: the largest part}
  - <<: *step
    id: cost-shown
    title: Show the price to a colleague
    uses: the largest part
    makes: a colleague's guess
    needs: [partner]
    free: Write down your own guess first.
""")


def project(*where: str | int, value: object = None) -> Project:
    return Project.model_validate(_changed(PROJECT, where, value) if where else PROJECT)


def skill(*where: str | int, value: object = None, of: dict[str, Any] = SKILL) -> Skill:
    return Skill.model_validate(_changed(of, where, value) if where else of)


def challenge(*where: str | int, value: object = None) -> ChallengeTemplate:
    return ChallengeTemplate.model_validate(_changed(CHALLENGE, where, value) if where else CHALLENGE)


def passing(
    *skills: Skill,
    challenges: tuple[ChallengeTemplate, ...] = (),
    path: tuple[str, ...] = ("costs",),
    projects: tuple[Project, ...] = (),
) -> Catalog:
    needs = {"logs": "I may read the logs.", "partner": "A colleague can give me the tip's minutes this week."}
    name = {"slug": "tester", "origin": "extension", "name": "Tester"}
    role = {**name, "becomes": "Prover", "before": "Ran", "after": "Asks", "skills": path}
    listed = {"projects": {"new": [each.slug for each in projects]}}
    return Catalog(
        themes={"speed": Theme(slug="speed", origin="extension", name="Speed", in_short="Ship it.", lines=("Ship",))},
        mottos=(),
        boundaries=(),
        roles={"tester": Role.model_validate({**role, **listed})},
        skills={each.slug: each for each in skills or (skill(),)},
        challenges={each.slug: each for each in challenges or (challenge(),)},
        projects={each.slug: each for each in projects},
        needs={slug: Need(slug=slug, origin="extension", name=slug, says=says) for slug, says in needs.items()},
    )


def _changed(value: Any, where: tuple[str | int, ...], new: object) -> Any:
    """Return a copy with another value at a place; None deletes a key."""
    if not where:
        return new
    first, *rest = where
    if isinstance(value, dict):
        if new is None and not rest:
            return {key: each for key, each in value.items() if key != first}
        return {**value, first: _changed(value.get(first), tuple(rest), new)}
    return [_changed(each, tuple(rest), new) if index == first else each for index, each in enumerate(value)]
