"""The parts of Slack's payloads that the bot reads, as validated models. Other fields are not validated."""

import re
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, AliasPath, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from bot.coach.challenges import MessageRef
from bot.core.member import Profile, known_zone
from bot.slack.blocks import OVERFLOW, PREFIX

SLACKBOT = "USLACKBOT"
DELIVERY = AliasPath("message", "metadata", "event_payload", "k")
NOT_PUBLIC = {"privategroup", "directmessage"}  # what Slack writes instead of a channel's name
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # JSON can hold these; a database, or an answer in UTF-8, can't


class Malformed(Exception):
    """A payload that Slack signed, but that differs from Slack's documentation."""


Text = Annotated[str, AfterValidator(lambda text: text if text.isprintable() else _UNSTORABLE.sub("\ufffd", text))]
SlackId = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,32}$")]
EventId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")]
Timestamp = Annotated[str, Field(pattern=r"^\d{1,12}\.\d{1,6}$")]
Zone = Annotated[Text | None, BeforeValidator(lambda zone: zone if isinstance(zone, str) else None)]


def slack_id(value: object) -> str | None:
    """Return one of Slack's ids, or None. Raise Malformed for anything else."""
    if value is None or (isinstance(value, str) and re.fullmatch("[A-Z0-9]{1,32}", value)):
        return value
    raise Malformed


class Payload(BaseModel, extra="ignore", frozen=True, hide_input_in_errors=True):
    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, given: object) -> object:
        """Take null for a field that is absent: Slack sends both."""
        return {key: value for key, value in given.items() if value is not None} if isinstance(given, dict) else given


class _InChannel(Payload):
    channel_id: Text | None = None
    channel_name: Text | None = None

    @property
    def public_channel(self) -> str | None:
        """Return the id of a public channel. Slack names others `privategroup`, `directmessage` or `mpdm-…`."""
        name, channel_id = self.channel_name, self.channel_id
        is_public = name and name not in NOT_PUBLIC and not name.startswith("mpdm-")
        return channel_id if is_public and channel_id and channel_id.startswith("C") else None


class Command(_InChannel):
    claimed_workspace: Annotated[SlackId | None, Field(validation_alias="team_id")] = None
    command: str
    text: Text = ""
    user_id: SlackId
    trigger_id: Text = ""
    response_url: Text = ""


class _Team(Payload):
    id: SlackId


class _Interaction(Payload):
    team: _Team | None = None  # may be null where the whole organisation installed the app
    user_id: Annotated[SlackId, Field(validation_alias=AliasPath("user", "id"))]
    trigger_id: Text = ""

    @property
    def claimed_workspace(self) -> str | None:
        return self.team.id if self.team else None


class _Option(Payload):
    value: Text = ""


class _Container(Payload):
    channel_id: SlackId | None = None
    message_ts: Text | None = None
    thread_ts: Text | None = None  # of a reply; and of a message that has replies, where it is that message's own
    is_ephemeral: bool = False


class Entered(Payload):
    value: Text | None = None
    selected_time: Text | None = None
    selected_date: Text | None = None
    selected_date_time: int | None = None
    selected_conversation: SlackId | None = None
    selected_user: SlackId | None = None
    selected_option: _Option | None = None
    selected_options: tuple[_Option, ...] | None = None


class _State(Payload):
    values: dict[Text, dict[Text, Entered]] = {}


class View(Payload):
    """A form, with what was filled in; or a Home."""

    id: Text = ""
    type: Text = ""
    root_view_id: Text = ""  # the lowest of the modals that lie on each other
    hash: Text = ""
    callback_id: Text = ""
    private_metadata: Text = ""
    state: _State = _State()


class Address(NamedTuple):
    """Where a click is answered: at its `response_url`; and where that leads: below the message, or in its thread."""

    url: str
    is_ephemeral: bool = False  # the message was: only its reader saw it, so the answer takes its place
    channel: str = ""
    thread: str = ""
    ts: str = ""  # of the message
    delivery: str = ""  # the id of the one that brought the message

    def __str__(self) -> str:
        how = "ephemeral" if self.is_ephemeral else "-"
        return " ".join((self.url, how, *(part or "-" for part in self[2:]))) if self.url else ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` wrote. Return None for anything else."""
        parts = ["" if part == "-" else part for part in text.split(" ")]
        return cls(parts[0], bool(parts[1]), *parts[2:]) if len(parts) == len(cls._fields) else None


class Click(_Interaction, _InChannel):
    type: Literal["block_actions"]
    action_id: Annotated[Text, Field(validation_alias=AliasPath("actions", 0, "action_id"))]
    value: Annotated[Text | None, Field(validation_alias=AliasPath("actions", 0, "value"))] = None
    chosen: Annotated[Text | None, Field(validation_alias=AliasPath("actions", 0, "selected_option", "value"))] = None
    container: _Container = _Container()
    delivery: Annotated[Text | None, Field(validation_alias=DELIVERY)] = None  # whose id the gateway posted along
    channel_id: Annotated[Text | None, Field(validation_alias=AliasPath("channel", "id"))] = None
    channel_name: Annotated[Text | None, Field(validation_alias=AliasPath("channel", "name"))] = None
    view: View | None = None  # the form in which it was clicked
    response_url: Text = ""

    @property
    def pressed(self) -> tuple[str, str]:
        """Return the name and the value of the button or the menu; no name for one that isn't the bot's."""
        value = self.value or self.chosen or ""
        if not self.action_id.startswith(PREFIX):
            return "", value
        name = self.action_id.removeprefix(PREFIX).partition(":")[0]
        if name == OVERFLOW:
            name, _, value = value.partition(" ")
        return name, value

    @property
    def address(self) -> Address:
        """Return where it is answered. The first message of a thread stands in the channel, and so does its answer."""
        at = self.container
        thread = at.thread_ts if at.thread_ts != at.message_ts else None
        place = at.channel_id or "", thread or "", at.message_ts or ""
        return Address(self.response_url, at.is_ephemeral, *place, self.delivery or "")

    @property
    def shared_message(self) -> MessageRef | None:
        """Return the message whose button was clicked, if other people see it too."""
        channel_id, ts = self.container.channel_id, self.container.message_ts
        return MessageRef(channel_id, ts) if channel_id and ts and not self.container.is_ephemeral else None


class _PostUrl(Payload):
    channel_id: SlackId
    response_url: Text


class Submission(_Interaction):
    type: Literal["view_submission"]
    view: View
    response_urls: tuple[_PostUrl, ...] = ()  # one for each channel that was chosen in a menu which asks for it


class ShortcutMessage(Payload):
    """The message of a shortcut. Apps may write their words in blocks and attachments alone."""

    text: Text = ""
    blocks: Any = None
    attachments: Any = None


class Shortcut(_Interaction):
    """A shortcut of the app: a global one, or one on a message, which may be anybody's and is stored nowhere."""

    type: Literal["shortcut", "message_action"]
    callback_id: Text
    message: ShortcutMessage = ShortcutMessage()
    response_url: Text = ""  # only of one on a message


class _Authorization(Payload):
    team_id: SlackId | None = None


class EventCallback(Payload):
    """Something that happened; the event's own fields are validated as its route says."""

    type: Literal["event_callback"]
    claimed_workspace: Annotated[SlackId | None, Field(validation_alias="team_id")] = None
    event_id: EventId
    event_time: Annotated[int, Field(ge=0, le=10**11)] = 0  # in seconds, the same however often Slack sends it
    event_type: Annotated[Text, Field(validation_alias=AliasPath("event", "type"))]
    authorizations: tuple[_Authorization, ...] = ()  # for Bolt, which checks nothing


class User(Payload):
    id: SlackId
    team_id: SlackId | None = None
    name: Text = ""
    tz: Zone = None
    deleted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    display_name: Annotated[Text | None, Field(validation_alias=AliasPath("profile", "display_name"))] = None
    real_name: Annotated[Text | None, Field(validation_alias=AliasPath("profile", "real_name"))] = None
    title: Annotated[Text | None, Field(validation_alias=AliasPath("profile", "title"))] = None
    teams: Annotated[tuple[SlackId, ...] | None, Field(validation_alias=AliasPath("enterprise_user", "teams"))] = None

    def profile_in(self, workspace_id: str) -> Profile:
        """Return the profile as this workspace sees the person.

        Slack calls people of other workspaces strangers only while they share no channel with the bot. In an Enterprise
        organisation a member may belong to several workspaces, and be at home in another.
        """
        is_barred = self.deleted or self.is_bot or self.is_ultra_restricted or self.id == SLACKBOT
        is_elsewhere = self.team_id not in {None, workspace_id} and workspace_id not in (self.teams or ())
        return Profile(
            zone=known_zone(self.tz),
            coachable=not (is_barred or self.is_stranger or is_elsewhere),
            is_admin=self.is_admin or self.is_owner or self.is_primary_owner,
            is_guest=self.is_restricted,
            name=self.display_name or self.real_name or self.name or None,
            title=self.title or None,
        )


class UserChange(Payload):
    user: User


class HomeOpened(Payload):
    """The event `app_home_opened`: a person opened a tab of the app. `view` is what their Home shows."""

    user: SlackId
    tab: Text = ""
    view: View | None = None

    @property
    def sender(self) -> str | None:
        """Return who opened the Home; None for another tab."""
        return self.user if self.tab == "home" else None


class Written(Payload):
    """The events `message.im` and `app_mention`. Slack sends many kinds of messages as such events."""

    user: SlackId | None = None
    channel: SlackId | None = None
    channel_type: Text = ""
    text: Text = ""
    ts: Timestamp | None = None
    thread_ts: Timestamp | None = None
    bot_id: Text = ""
    subtype: Text = ""  # a join, a file, an edited or deleted message, …
    edited: Any = None
    files: Any = None

    @property
    def sender(self) -> str | None:
        """Return the person who wrote it just now; None for an app, and for a change of an older message."""
        is_by_nobody = self.user == SLACKBOT or self.bot_id or self.subtype or self.edited or self.files
        return None if is_by_nobody else self.user

    @property
    def direct_channel(self) -> str | None:
        return self.channel if self.channel_type == "im" else None


class Removal(Payload):
    """The events `app_uninstalled`, which names no tokens, and `tokens_revoked`."""

    tokens: dict[Text, tuple[Text, ...]] | None = None


class TeamAccess(Payload):
    """The events `team_access_granted` and `team_access_revoked`, about workspaces of an organisation."""

    team_ids: tuple[SlackId, ...]


T = TypeVar("T", bound=Payload)


def read(kind: type[T], payload: object) -> T:
    """Return the payload as `kind`. Raise Malformed where a field that the bot reads has the wrong shape."""
    try:
        return kind.model_validate(payload)
    except ValidationError as error:
        raise Malformed from error
