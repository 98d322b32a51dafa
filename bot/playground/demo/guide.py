"""The guide of the demo: a visitor sees a role, does the first step and says yes to one a week, and gets the next."""

from __future__ import annotations

from bot.playground.demo.travel import Travel
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.people import GUESTS, Person

TITLE = "New here? Three steps"
ENDING = "That is all it takes. Then be somebody else."


async def first_steps(travel: Travel, person: Person) -> Json | None:
    """Return the three steps as the person has done them, read from the bot's database.

    There are none for a guest, whom the bot does not coach, for those who have a past, and while the bot does not run.
    """
    if travel.worker is None or person.kind in GUESTS or person.note:
        return None
    has_role, said_yes, got_tip = await travel.worker.standing(person.id)
    role = {
        "id": "role",
        "label": "See your role",
        "hint": "This Slack is a sample on your computer; its bot is real. Choose the role that is closest to yours.",
        "done": has_role,
        "command": "/roleshift myrole",
    }
    yes = {
        "id": "yes",
        "label": "Say yes",
        "hint": "Press Start on your role, and Did it under the step: then say yes to one a week. Or say yes here.",
        "done": said_yes,
        "command": "/roleshift tips on",
    }
    tip = {
        "id": "tip",
        "label": "Your next step",
        "hint": "The next step comes within a week. Don't wait: this moves the clock there.",
        "done": got_tip,
        "command": None,
    }
    return {"title": TITLE, "steps": [role, yes, tip], "ending": ENDING}
