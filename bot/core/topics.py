"""What people write of themselves and to the coach, and what answers it: `content/ask.yaml`."""

from enum import StrEnum

from pydantic import Field

from bot.core.content_types import ContentItem, Line, Part, Prose, Short

MAX_TOPIC_ASKS = 600  # ways to ask for a topic, and as many situations


class Personal(ContentItem):
    """What members say of themselves: an act or a question, in many words, and what they would type for it.

    A `verb` that ends with `…` takes the words of the member: those that follow a phrase with `…`, or the whole line.
    """

    verb: Line
    asks: tuple[Line, ...] = Field(min_length=3, max_length=MAX_TOPIC_ASKS)
    situations: tuple[Line, ...] = Field(default=(), max_length=MAX_TOPIC_ASKS)


class ReplyButton(Part):
    """A button under a reply: its label, and what it types for the member."""

    label: Short
    types: Line


class ReplyAbout(StrEnum):
    """What a reply is about. To one on a career, what the member's own role was and is is added."""

    CAREER = "career"
    FEELING = "feeling"
    DISTRESS = "distress"  # the person may be unwell


class Reply(ContentItem):
    """A whole answer: on a career with AI, on a feeling, on the coach itself, or in small talk.

    `about`: what it has in common with others, so that a line is heard by the phrases of all of them.
    """

    says: Prose
    asks: tuple[Line, ...] = Field(min_length=3, max_length=MAX_TOPIC_ASKS)
    situations: tuple[Line, ...] = Field(default=(), max_length=MAX_TOPIC_ASKS)
    buttons: tuple[ReplyButton, ...] = Field(default=(), max_length=2)
    about: ReplyAbout | None = None


class NotOurs(ContentItem):
    """A topic that the coach leaves to others, how people ask, and what the coach says then."""

    says: Line
    asks: tuple[Line, ...] = Field(min_length=3, max_length=MAX_TOPIC_ASKS)
    situations: tuple[Line, ...] = Field(default=(), max_length=MAX_TOPIC_ASKS)
