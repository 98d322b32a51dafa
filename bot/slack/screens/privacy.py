"""What is kept about a member and why, in words, and the question before all of it is deleted."""

from dataclasses import replace

from bot.coach import homes, membership
from bot.slack.blocks import actions, button, confirm, section
from bot.slack.message import Message, Rendered
from bot.slack.request import Request

FORGET = "forget-now"
DELETED = (
    "Your role, your skills, your tips and record, what you did and shared in challenges, and the history of all that "
    "are deleted. These stay, without your id: challenges that you posted, coach admins whom you named, acts in the "
    "audit, and my installation."
)

DELETE = button(
    "Delete me",
    FORGET,
    style="danger",
    confirm=confirm(
        "Forget everything?",
        f"{DELETED} This can't be undone.",
        "Delete it all",
        "Cancel",
    ),
)

KEPT = Message(
    text="What I keep about you, and why.",
    blocks=[
        Rendered(
            section(
                "*What I keep about you, and why*\n"
                "• Your Slack id and workspace id, to know that it is you\n"
                "• Your role, to show you its path\n"
                "• Your time zone, as Slack tells it, so that dates are right for you\n"
                "• Which skills you marked as learned or took back, and when, to show your progress\n"
                "• Which tips you got, did, or found not to be your work, so that you don't get the same one twice\n"
                "• Your own lines about tips, and what you planned (*When?*), to remind you; only you read them\n"
                "• What you have and don't have at work, if you tell me, so that no tip needs what you lack\n"
                "• Which questions about skills I asked you, and your answers, to ask again in time\n"
                "• Which skills you showed and where, paths you shared, and when somebody confirmed it, but not who\n"
                "• Whether you said yes to weekly tips, your day and hour, and whether each of my messages arrived\n"
                "• Which team challenges you joined and did, and what you shared about it, until you take it back\n"
                "• Whether you are a coach admin, and what you did as one, to show that to the other admins\n"
                "• When you last opened my Home tab, for 30 days, so that it shows what is true\n"
                "• When I first met you"
            )
        ),
        Rendered(
            section(
                "I keep no names, no email addresses, and nothing that you write in Slack or to me, except your lines "
                "and plans, the challenges that you start, what you share about them, and questions that you let your "
                "admins see (without your name, for 90 days). Nobody else in the workspace can see your skills: "
                "admins see numbers of five people and more, and only where five others or "
                "more may be left who are not counted. What was posted in a channel stays there."
            )
        ),
        Rendered(actions(button("See my data", "privacy", "data"), button("Export", "privacy", "export"), DELETE)),
    ],
)


ASK = Message(
    text="Shall I forget everything about you? Nothing is deleted yet.",
    blocks=[
        Rendered(
            section(f"*Shall I forget everything about you?*\n{DELETED} This can't be undone. Nothing is deleted yet.")
        ),
        Rendered(actions(DELETE, button("What you keep", "privacy"))),
    ],
)


def forgotten(rows: int) -> Message:
    """Answer *Forget me*, after everything was deleted."""
    said = (
        "Done: I know nothing about you any more."
        if rows
        else "I kept nothing about you, so there was nothing to delete."
    )
    return Message(said, [section(said), actions(button("Start again", "myrole"))])


async def forget(request: Request, _: None) -> Message:
    """Delete every row about the member, who has confirmed it. Their Home, if there is one, shows the first visit."""
    has_home = await request.find(homes.is_kept, request.who)
    message = await request.write_unmet(membership.forget, request.who, request.now, request.asked_at, then=forgotten)
    request.services.people.forget(request.who)
    await request.store.erase()
    return replace(message, first_visit=has_home)
