"""Everything that people can ask of the bot, with its handler: commands, shortcuts, clicks and forms.

The edge looks a request up here, parses its value once, and calls the handler with the result. A handler therefore gets
`Did(challenge_id)` and never splits a string.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from bot.slack.commands import (
    admins,
    allowed,
    announce,
    ask,
    audit,
    challenge,
    check,
    content,
    did,
    forget,
    help,  # noqa: A004 - the file bears the word that people type
    learn,
    menu,
    myrole,
    pause,
    plan,
    privacy,
    progress,
    record,
    resume,
    role,
    roles,
    show,
    situation,
    skill,
    skills,
    team,
    theme,
    themes,
    tip,
    tips,
    unlearn,
)
from bot.slack.form import Form, Pushed, Saved
from bot.slack.message import Block, Message
from bot.slack.payloads import Shortcut
from bot.slack.request import Outdated, Request
from bot.slack.screens import announce as announce_screen
from bot.slack.screens import ask as ask_screen
from bot.slack.screens import check as check_screen
from bot.slack.screens import coach_me, coach_this, settings, team_practice
from bot.slack.screens import privacy as privacy_screen
from bot.slack.screens import roles as roles_screen
from bot.slack.screens import show as show_screen
from bot.slack.screens import situation as situation_screen
from bot.slack.screens import skill as skill_screen
from bot.slack.screens import team as desk
from bot.slack.screens import tips as tips_screen
from bot.slack.screens.blocks import PREFIX
from bot.slack.screens.challenge import entry, parts, preview, quotes, template
from bot.slack.screens.challenge import form as challenge_form
from bot.slack.screens.challenge import list as challenge_list
from bot.slack.screens.tip import blocked, given, when
from bot.slack.screens.tip import card as tip_card
from bot.slack.screens.tip import check as tip_check
from bot.slack.screens.tip import did as tip_did
from bot.slack.screens.tip.ref import TipRef

T = TypeVar("T")
DrawnT = TypeVar("DrawnT", bound=Block | Pushed | Saved)


class Command(Protocol):
    """A module of `commands/`: its docstring's first line is the help text, its name the verb."""

    __name__: str
    __doc__: str | None
    USAGE: str

    async def answer(self, request: Request, words: str, /) -> Message | Form:
        """Return what the bot says, or the form that it opens. `words` are those typed after the verb."""


@dataclass(frozen=True, slots=True)
class OnClick(Generic[T]):
    """The route of a button or a menu. `parse` reads its value, and raises ValueError for one that no screen draws."""

    parse: Callable[[str], T]
    handler: Callable[[Request, T], Awaitable[Message | Form]]

    def takes(self, value: str) -> bool:
        """Return whether `parse` reads this value."""
        try:
            self.parse(value)
        except ValueError:
            return False
        return True

    async def answer(self, request: Request, value: str) -> Message | Form:
        """Return what the bot says, or the form that it opens. Raise Outdated if `parse` fails."""
        return await self.handler(request, _parsed(self.parse, value))


@dataclass(frozen=True, slots=True)
class OnForm(Generic[T, DrawnT]):
    """The route of a form, or of a button inside one. `parse` reads what the form carries along in its metadata."""

    parse: Callable[[str], T]
    handler: Callable[[Request, T, dict[str, str]], Awaitable[DrawnT]]

    async def answer(self, request: Request, metadata: str, fields: dict[str, str]) -> DrawnT:
        """Return the form that replaces this one, or that opens above it. Raise Outdated if `parse` fails."""
        return await self.handler(request, _parsed(self.parse, metadata), fields)


@dataclass(frozen=True, slots=True)
class OnShortcut:
    """The route of a shortcut, and what Slack's menus say of it: `global` ones are anywhere, others on a message."""

    type: Literal["global", "message"]
    name: str
    description: str
    handler: Callable[[Request, Shortcut], Awaitable[Form]]


def no_value(_value: str) -> None:
    """Read nothing, for a button or a form that carries no value."""


COMMANDS: tuple[Command, ...] = (  # in the order of the help
    menu, myrole, ask, learn, progress, tip, did, record, show, plan, check, situation,
    tips, pause, resume, challenge,
    skills, skill, unlearn, roles, role, themes, theme, allowed, team, announce, admins, audit, content,
    privacy, forget, help,
)  # fmt: skip

CLICKS: Mapping[str, OnClick[Any]] = {  # in addition, a button can carry the verb of any command
    tip_card.ANOTHER: OnClick(TipRef.parse, given.answer_another),
    ask_screen.SHOW_CHALLENGE: OnClick(str, ask_screen.show_challenge),
    ask_screen.SHOW_TIP: OnClick(str, ask_screen.show_tip),
    situation_screen.HAVE: OnClick(situation_screen.parse_answer, situation_screen.have),
    challenge_list.CANCEL: OnClick(parts.parse_id, challenge_list.cancel),
    roles_screen.CHANGE: OnClick(no_value, roles_screen.change),
    tips_screen.CHOOSE: OnClick(no_value, tips_screen.choose_time),
    challenge_list.CLOSE: OnClick(parts.parse_id, challenge_list.close),
    entry.DETAILS: OnClick(parts.parse_id, entry.show_details),
    entry.DID: OnClick(parts.parse_id, entry.did),
    challenge_form.EDIT: OnClick(parts.parse_id, challenge_form.edit),
    privacy_screen.FORGET: OnClick(no_value, privacy_screen.forget),
    entry.JOIN: OnClick(parts.parse_id, entry.join),
    entry.LEAVE: OnClick(parts.parse_id, entry.leave),
    entry.LINE: OnClick(parts.parse_id, entry.write_line),
    ask_screen.NOT_ANSWERED: OnClick(ask_screen.parse_question, ask_screen.keep),
    entry.ORGANISER_LINES: OnClick(parts.parse_id, entry.show_organiser_lines),
    quotes.PICK_LINES: OnClick(parts.parse_id, quotes.pick_lines),
    challenge_list.POST_AGAIN: OnClick(challenge_list.FailedPost.parse, challenge_list.post_again),
    settings.OPEN: OnClick(no_value, settings.open_form),
    skill_screen.TEMPLATE: OnClick(str, skill_screen.show_template),
    show_screen.SEEN: OnClick(show_screen.parse_id, show_screen.seen_it),
    show_screen.SHARE: OnClick(str, show_screen.share),
    team_practice.START: OnClick(str, template.start_on_need),
    desk.TRY_AGAIN: OnClick(no_value, desk.try_again),
    entry.UNDO: OnClick(parts.parse_id, entry.undo),
    check_screen.ANSWER: OnClick(check_screen.AnswerRef.parse, check_screen.answer),
    tip_check.ANSWER: OnClick(tip_check.AnswerRef.parse, tip_did.answer),
    blocked.BACK: OnClick(TipRef.parse, blocked.go_back),
    blocked.WHY: OnClick(blocked.Why.parse, blocked.answer),
    tip_card.BLOCKED: OnClick(TipRef.parse, blocked.ask),
    tip_card.DID: OnClick(TipRef.parse, tip_did.did),
    tip_card.LEARN: OnClick(TipRef.parse, tip_did.learn),
    tip_card.LINE: OnClick(TipRef.parse, tip_did.write_line),
    tip_card.NOT_MY_WORK: OnClick(TipRef.parse, tip_did.not_my_work),
    tip_card.UNDO: OnClick(TipRef.parse, tip_did.undo),
    tip_card.UNPLAN: OnClick(TipRef.parse, when.unplan),
    tip_card.WHEN: OnClick(TipRef.parse, when.open_form),
}

AnyForm = OnForm[Any, Block] | OnForm[Any, Pushed] | OnForm[Any, Saved]
FORMS: Mapping[str, AnyForm] = {
    announce_screen.ANNOUNCE: OnForm(announce_screen.parse_form_id, announce_screen.submit),
    ask_screen.FORM: OnForm(no_value, ask_screen.submit),
    coach_me.FORM: OnForm(no_value, ask_screen.submit),
    announce_screen.ANNOUNCE_AGAIN: OnForm(announce_screen.Again.parse, announce_screen.submit_again),
    template.CHOOSE_TEMPLATE: OnForm(template.parse_channel, template.submit),
    tips_screen.FORM: OnForm(no_value, tips_screen.save_time),
    entry.LINE: OnForm(parts.parse_id, entry.submit_line),
    tip_card.LINE: OnForm(TipRef.parse, tip_did.save_line),
    tip_card.WHEN: OnForm(TipRef.parse, when.save),
    quotes.PICK_LINES: OnForm(parts.parse_id, quotes.submit),
    preview.POST_CHALLENGE: OnForm(parts.parse_id, preview.submit),
    settings.FORM: OnForm(no_value, settings.save),
    situation_screen.FORM: OnForm(situation_screen.parse_needs, situation_screen.save),
    challenge_form.WRITE_CHALLENGE: OnForm(challenge_form.DraftRef.parse, challenge_form.submit),
}

SHORTCUTS: Mapping[str, OnShortcut] = {  # by the end of their callback ids
    "coach-me": OnShortcut(
        "global",
        coach_me.NAME,
        "Your tip of this week, your next skill, and a question to the coach",
        coach_me.open_form,
    ),
    "coach-this": OnShortcut(
        "message",
        coach_this.NAME,
        "How this is done with AI: skills and tips that fit the message",
        coach_this.open_form,
    ),
}
SHORTCUT_TYPES = {"shortcut": "global", "message_action": "message"}  # what Slack calls them in payloads

CLICKS_IN_FORMS: Mapping[str, OnForm[Any, Block]] = {  # buttons that draw their form anew
    challenge_form.MORE_OPTIONS: OnForm(challenge_form.DraftRef.parse, challenge_form.show_more),
    challenge_form.OTHER_TEMPLATES: OnForm(challenge_form.DraftRef.parse, template.show_again),
}


def verb_of(command: Command) -> str:
    """Return the word that people type."""
    return command.__name__.rpartition(".")[2]


def explain(command: Command) -> str:
    """Return the help text."""
    return (command.__doc__ or "").partition("\n")[0]


VERBS: Mapping[str, Command] = {
    word: command for command in COMMANDS for word in (verb_of(command), *getattr(command, "ALIASES", ()))
}


def click(verb: str, value: str = "") -> OnClick[Any]:
    """Return the route of a button. Raise Outdated where no screen draws such a button any more.

    `did` is both a button of challenges and a command: with the id of a challenge it is the button.
    """
    route = CLICKS.get(verb)
    if verb in VERBS and (route is None or not route.takes(value)):
        return OnClick(str, VERBS[verb].answer)
    if route is None:
        raise Outdated
    return route


def form(callback_id: str) -> AnyForm:
    """Return the route of a form. Raise Outdated where no screen opens such a form any more."""
    if callback_id not in FORMS:
        raise Outdated
    return FORMS[callback_id]


def shortcut(payload_type: str, callback_id: str) -> OnShortcut:
    """Return the route of a shortcut. Raise Outdated for one that the manifest does not have any more."""
    route = SHORTCUTS.get(callback_id.removeprefix(PREFIX))
    if route is None or route.type != SHORTCUT_TYPES[payload_type]:
        raise Outdated
    return route


def _parsed(parse: Callable[[str], T], value: str) -> T:
    try:
        return parse(value)
    except ValueError as error:
        raise Outdated from error
