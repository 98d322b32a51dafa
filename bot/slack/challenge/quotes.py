"""The form in which an organiser chooses the lines that the recap of a challenge quotes."""

from bot.coach import challenges
from bot.coach.challenges import Lines
from bot.core.challenges import MAX_QUOTES, Challenge, Entry, Sharing
from bot.slack.blocks import actions, button, field, modal, option, plain, section, worded
from bot.slack.challenge.rights import check_may_run
from bot.slack.form import Form
from bot.slack.message import Block, escape
from bot.slack.request import Request

PICK_LINES = "pick-lines"  # the button, and the form that it opens
CHOSEN = "chosen"  # the form's field
MAX_OPTION = 75  # characters that Slack takes in an option of a menu
CHOOSE_QUOTES = (
    "It ends in less than a day, and you have chosen no quotes. Unless you do, its recap quotes the first lines "
    "shared by name, three at most."
)


def pick_button(challenge: Challenge) -> Block:
    """Return the button that opens the form."""
    return button("Choose quotes", PICK_LINES, challenge.challenge_id)


def reminder(challenge: Challenge) -> list[Block]:
    """Return the reminder for the organiser to choose the recap's quotes."""
    return [section(CHOOSE_QUOTES), actions(pick_button(challenge))]


async def pick_lines(request: Request, challenge_id: str) -> Form:
    """Answer *Choose quotes*."""
    await check_may_run(request, challenge_id)
    return Form(form(await request.find(challenges.lines, request.who, challenge_id)))


async def submit(request: Request, challenge_id: str, fields: dict[str, str]) -> Block:
    """Keep the chosen lines for the recap."""
    await check_may_run(request, challenge_id)
    chosen = fields.get(CHOSEN, "").split()
    return await request.write(challenges.pick, request.who, challenge_id, chosen, request.now, then=picked)


def form(found: Lines) -> Block:
    """Return the form with every line that may be quoted."""
    options = {entry.entry_id: option(_short(entry), entry.entry_id) for entry in found.entries}
    chosen = [options[entry.entry_id] for entry in found.entries if entry.picked]
    element: Block = {
        "type": "multi_static_select",
        "options": list(options.values()),
        "max_selected_items": MAX_QUOTES,
        "placeholder": plain("Choose lines"),
    }
    blocks = [
        worded(f"*{escape(found.challenge.title)}*\nUp to five. Only lines that their writers let be quoted."),
        field(CHOSEN, "Lines", {**element, "initial_options": chosen} if chosen else element, optional=True),
    ]
    return modal(
        "Choose quotes",
        blocks,
        form=PICK_LINES,
        metadata=found.challenge.challenge_id,
        submit="Quote these",
        close="Close",
    )


def picked(challenge: Challenge) -> Block:
    """Return what replaces the form after it was sent."""
    text = f"Noted for the recap of *{escape(challenge.title)}*."
    return modal("Choose quotes", [worded(text)])


def _short(entry: Entry) -> str:
    words = f"{entry.line}" + (" (no name)" if entry.sharing is Sharing.UNNAMED else "")
    return words if len(words) <= MAX_OPTION else f"{words[: MAX_OPTION - 1]}…"
