"""What one member reads after taking part in a challenge: joined, done, a line added, all of it taken back."""

from datetime import datetime

from bot.coach.entries import OrganiserLines, Taken
from bot.core.challenges import MAX_LINE, Entry, Sharing
from bot.slack.message import Block, Message, escape, literal
from bot.slack.screens.blocks import actions, button, context, field, option, plain, section, worded
from bot.slack.screens.challenge import card

FORM = card.LINE
WORDS, SHARING = "words", "sharing"  # the form's fields
SHARED = {
    Sharing.NAMED: "With my name",
    Sharing.UNNAMED: "Anonymously",
    Sharing.PRIVATE: "Only for the organiser",
}


_WHO_READS = (
    "The recap may quote up to five lines, but none of the last kind: only who started the challenge reads those, with "
    "your name. If nobody chooses, it quotes the first three with a name."
)


def joined(taken: Taken, now: datetime) -> Message:
    """The answer to *I'm in*."""
    left = card.time_left(taken.challenge, now)
    lead = "You're in" if taken.changed else "You're in already"
    done = taken.entry is not None and taken.entry.done_at is not None
    said = "You did it already." if done else f"{lead}: {left}. Press *I did it* once you have."
    return _answer(taken, said)


def done(taken: Taken) -> Message:
    """The answer to *I did it*; whether its skill is learned is asked, never assumed."""
    said = "Noted: you did it." if taken.changed else "You did it already; it counts once."
    answer = _answer(taken, said)
    if taken.skill is None:
        return answer
    name = escape(taken.skill.name)
    ask = section(f"It practises *{name}*. Have you learned that skill?")
    mark = actions(button("Mark it as learned", "learn", taken.skill.slug), button("See it", "skill", taken.skill.slug))
    return Message(answer.text, [*answer.blocks, ask, mark])


def undone(taken: Taken) -> Message:
    """The answer to *Not done after all*."""
    return _answer(
        taken, "Taken back: you're in, and have not done it." if taken.changed else "It was not done anyway."
    )


def left(taken: Taken) -> Message:
    """The answer to *I'm out*."""
    gone = "You're out. What you did and wrote here is deleted"
    gone += ", but for a line in the thread." if taken.challenge.shows_entries else "."
    return _answer(taken, gone if taken.changed else "You weren't in.")


def form(taken: Taken) -> Block:
    """The modal for one line."""
    entry = taken.entry
    written = entry.line if entry else None
    words: Block = {"type": "plain_text_input", "multiline": False, "max_length": MAX_LINE}
    chosen = entry.sharing if entry and entry.sharing else Sharing.NAMED
    options = {sharing: option(label, sharing.value) for sharing, label in SHARED.items()}
    shown = " A line with your name appears in the thread, and stays there." if taken.challenge.shows_entries else ""
    return {
        "type": "modal",
        "callback_id": f"roleshift:{FORM}",
        "private_metadata": taken.challenge.challenge_id,
        "title": plain("Share what you learned"),
        "submit": plain("Share"),
        "close": plain("Close"),
        "blocks": [
            field(
                WORDS,
                taken.challenge.question or "What did you find?",
                {**words, "initial_value": written} if written else words,
                hint="One line or a link." + (" Empty takes it back." if written else ""),
                optional=written is not None,
            ),
            field(
                SHARING,
                "How should it appear?",
                {"type": "radio_buttons", "options": list(options.values()), "initial_option": options[chosen]},
            ),
            context(f"{_WHO_READS}{shown}"),
        ],
    }


def kept(taken: Taken) -> Block:
    """What the form turns into."""
    said = "Shared. Thank you." if taken.entry and taken.entry.line else "Taken back: nothing of yours is shared."
    return {
        "type": "modal",
        "title": plain("Share what you learned"),
        "close": plain("Done"),
        "blocks": [section(said)],
    }


def for_organiser(found: OrganiserLines) -> Block:
    """Return the modal with the lines that only the organiser reads."""
    lines = [worded(f"<@{entry.who.member_id}>: {literal(entry.line or '')}") for entry in found.entries]
    said = "Only you read these. The newest come first." if lines else "Nobody wrote a line for you alone yet."
    title = f"*{escape(found.challenge.title)}*"
    return {
        "type": "modal",
        "title": plain("Lines only for you"),
        "close": plain("Close"),
        "blocks": [worded(title), context(said), *lines],
    }


def _answer(taken: Taken, said: str) -> Message:
    remind = card.quotes_reminder(taken.challenge) if taken.quotes_wanted else []
    if taken.challenge.private and taken.entry is None:  # only the message in its channel leads back
        return Message(said, [section(said), context("To take part again, use the message in its channel."), *remind])
    return Message(said, [section(said), actions(*_buttons(taken, taken.entry)), *remind])


def _buttons(taken: Taken, entry: Entry | None) -> list[Block]:
    return [
        *card.buttons(taken.challenge, entry),
        button("Details", card.DETAILS, taken.challenge.challenge_id),
    ]
