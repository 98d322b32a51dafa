"""What a person reads when a request failed. The log holds the same reference, and nothing that a person wrote."""

import logging
import secrets

from bot.core.errors import NextStep, UserError
from bot.slack import sorry
from bot.slack.message import Block, Message
from bot.slack.noun import Nouns, Outdated

log = logging.getLogger(__name__)

REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read aloud


def said(error: Exception, asked: NextStep | None = None) -> Message:
    """Return what a person reads. `asked` is what they asked for, which a refusal can offer again."""
    if isinstance(error, UserError):
        if error.__cause__ is not None:
            log.warning("request.refused", exc_info=error.__cause__)
        return sorry.refused(error, asked)
    if isinstance(error, Outdated):
        return sorry.GONE
    reference = new_reference()
    log.error("request.broke", exc_info=error, extra={"reference": reference})
    return sorry.broken(reference, asked)


def new_reference() -> str:
    """Return a random reference, which a person can read to the operator, and which stands in the log."""
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))


def above_the_form(error: Exception, nouns: Nouns) -> Block:
    """Return what a person reads above a form, with what to type next."""
    steps = tuple(step for step in getattr(error, "steps", ()) if step.verb in nouns.verbs)
    return sorry.modal(said(error), steps)
