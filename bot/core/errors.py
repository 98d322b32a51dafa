"""What a person may read when something can't be done: one clear sentence, and the next steps."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A next step, shown as a button: its label, and the verb and words that it stands for."""

    label: str
    verb: str
    words: str = ""


class UserError(Exception):
    """Its text is shown to a person as it stands; all other exceptions become an apology with a reference.

    The text may use `code` and *bold*; the edge escapes it, so that words a person typed stay literal. `steps` are
    what the person can do next.
    """

    def __init__(self, text: str, *steps: Step) -> None:
        self.steps = steps
        super().__init__(text)


class Unclear(UserError):
    """What was typed names nothing, or several things. `choices` are (name, slug) pairs for the verb that was used.

    `several`: the person may have meant each of the choices; otherwise they are simply all that there are.
    """

    def __init__(self, text: str, kind: str, choices: Iterable[tuple[str, str]], *, several: bool = False) -> None:
        self.kind, self.choices, self.several = kind, tuple(choices), several
        super().__init__(text)


class NothingChanged(UserError):
    """The database did not take the change, and it is certain that nothing was stored."""

    def __init__(self) -> None:
        super().__init__("Nothing was changed. Try again in a minute.")


class OutcomeUnknown(UserError):
    """The answer to a commit was lost: it may or may not have been stored."""

    def __init__(self) -> None:
        super().__init__(
            "I can't tell whether that was saved; see `/roleshift progress`.", Step("Show my progress", "progress")
        )


class NotCoached(UserError):
    """A bot, a deleted account, an outsider or a fully restricted guest asked for something that would be stored."""

    def __init__(self) -> None:
        super().__init__(
            "I can only coach members of this workspace, so nothing was stored. You can still look around.",
            Step("Compare roles", "roles"),
            Step("All skills", "skills"),
        )


class NotAdmin(UserError):
    """Somebody asked for what only admins may; `to` completes "can …"."""

    def __init__(self, to: str) -> None:
        super().__init__(f"Only workspace admins and coach admins can {to}.", Step("Who are they?", "admins"))


class NotMet(Exception):
    """Something was to be stored about somebody whom the bot does not know, or not any more: they were forgotten."""


class WasForgotten(UserError):
    """A request was made before its member had themselves forgotten, and came, or came again, after that."""

    def __init__(self) -> None:
        super().__init__(
            "You asked me to forget you, so nothing was stored. To start afresh, send it again: `/roleshift myrole`."
        )


class NotInstalled(UserError):
    """Somebody asked in a workspace whose token the bot does not have, or has no longer."""

    def __init__(self) -> None:
        super().__init__("I am not installed in this workspace any more. Ask an admin to install me again.")


class OtherWorkspace(UserError):
    """A request names another workspace than the one for which Slack authorized it."""

    def __init__(self) -> None:
        super().__init__(
            "I only work in the workspace that installed me, so nothing was changed. Try again there, in a channel "
            "that is not shared."
        )


def quoted(words: str, most: int = 40) -> str:
    """What a person typed, as short `code` in which no other mark-up can hide."""
    flat = " ".join(words.split()).replace("`", "'")
    return f"`{flat if len(flat) <= most else flat[: most - 1] + '…'}`"
