"""Errors that a person may read: one clear sentence, and the next steps."""

from collections.abc import Iterable
from typing import NamedTuple


class NextStep(NamedTuple):
    """A next step, shown as a button: its label, and the verb and words that it types for the person."""

    label: str
    verb: str
    words: str = ""


class UserError(Exception):
    """An error whose text is shown to a person. All other exceptions become an apology with a reference.

    The text may use `code` and *bold*. The edge escapes it, so that words that a person typed stay literal. `steps` are
    what the person can do next. An error that always says the same has both in its class.
    """

    text = ""
    steps: tuple[NextStep, ...] = ()

    def __init__(self, text: str = "", *steps: NextStep) -> None:
        self.steps = steps or self.steps
        super().__init__(text or self.text)


class Unclear(UserError):
    """The typed name matches nothing, or `several` things. `choices` are (name, slug) pairs for the verb."""

    def __init__(self, text: str, kind: str, choices: Iterable[tuple[str, str]], *, several: bool = False) -> None:
        self.kind, self.choices, self.several = kind, tuple(choices), several
        super().__init__(text)


class NothingChanged(UserError):
    """The database did not store the change, and certainly no part of it."""

    text = "Nothing was changed. Try again in a minute."


class OutcomeUnknown(UserError):
    """The answer to a commit was lost: the change may or may not have been stored."""

    text = "I can't tell whether that was saved; see `/roleshift progress`."
    steps = (NextStep("Show my progress", "progress"),)


class CommandError(Exception):
    """A command can't do what it was asked for. The text says why, and what its operator can do."""

    code = 2  # with which the command exits


class WrongSchema(CommandError):
    """The tables in the database are not those of this version."""


class NotCoached(UserError):
    """A bot, a deleted account, an outsider or a fully restricted guest asked for something that would be stored."""

    text = (
        "I show how AI changes your job. I can coach full members only, and you are a guest here, so nothing was "
        "stored. You can still look around, and ask me."
    )
    steps = (NextStep("Compare roles", "roles"), NextStep("All skills", "skills"), NextStep("Help", "help"))


class NotAdmin(UserError):
    """A member who is not an admin tried an act of admins. `to` completes "can …"."""

    def __init__(self, to: str, *instead: NextStep) -> None:
        who = NextStep("Who are they?", "admins")
        super().__init__(f"Only workspace admins and coach admins can {to}.", *instead, who)


class NotMet(Exception):
    """The bot can't store anything about this member: it never met them, or has forgotten them."""


class WasForgotten(UserError):
    """A request is older than its member's last *forget me*, but arrived, perhaps again, after it."""

    text = "You asked me to forget you, so nothing was stored. To start afresh, send it again: `/roleshift myrole`."


# What no other answer can take the place of: Slack sends the event again, or nobody may be answered.
FINAL = (NothingChanged, OutcomeUnknown, NotCoached, WasForgotten)


class NotInstalled(UserError):
    """A request came from a workspace for which the bot has no token, or no longer has one."""

    text = "I am not installed in this workspace, so nothing was changed. Ask an admin to install me here."


class OtherWorkspace(UserError):
    """A request names a different workspace from the one for which Slack authorized it."""

    text = (
        "I only work in the workspace that installed me, so nothing was changed. Try again there, in a channel that is "
        "not shared."
    )


def quoted(words: str) -> str:
    """Return what a person typed as `code` of 40 letters at most. It can contain no other mark-up."""
    flat = " ".join(words.split()).replace("`", "'")
    return f"`{flat if len(flat) <= 40 else flat[:39] + '…'}`"
