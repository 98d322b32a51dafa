"""The guide of the demo: a visitor sees a role, says yes to weekly tips, and gets the first tip."""

from __future__ import annotations

from bot.playground.demo.sample import WEEKS_WITH_ROLESHIFT
from bot.playground.demo.travel import Travel
from bot.playground.emulator.people import GUESTS, Person
from bot.playground.page.guide import FirstSteps, Step

TITLE = "New here? Three steps"
ENDING = "That is all it takes. Press “Did it” on your tip, or “A tip for it” in your role. Then be somebody else."


class DemoGuide:
    """Reads from the bot's database what a person has done. There is no guide while the bot does not run."""

    def __init__(self, travel: Travel) -> None:
        self._travel = travel

    async def first_steps(self, person: Person) -> FirstSteps | None:
        """Return the three steps, or None for a guest, whom the bot does not coach, and for those who have a past."""
        worker = self._travel.worker
        if worker is None or person.kind in GUESTS or person.id in WEEKS_WITH_ROLESHIFT:
            return None
        standing = await worker.standing(person.id)
        return FirstSteps(TITLE, _steps(standing.has_role, standing.said_yes, standing.got_tip), ENDING)


def _steps(has_role: bool, said_yes: bool, got_tip: bool) -> tuple[Step, ...]:  # noqa: FBT001 - in the order of the steps
    return (
        Step(
            "role",
            "See your role",
            "This Slack is a sample on your computer; its bot is real. Choose the role that is closest to yours.",
            has_role,
            "/roleshift myrole",
        ),
        Step(
            "yes",
            "Say yes",
            "Say yes to weekly tips: one small exercise a week. One click stops them.",
            said_yes,
            "/roleshift tips on",
        ),
        Step(
            "tip",
            "Next event",
            "Your first tip comes within a week. Don't wait: this moves the clock there.",
            got_tip,
        ),
    )
