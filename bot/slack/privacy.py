"""What is kept about a member and why, the same as a file, and *forget me*. A long history does not block the loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.coach import membership
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey
from bot.slack.blocks import actions, button, confirm, context, counted, day, saying, section
from bot.slack.message import File, Message, escape, to_json
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.store import Store, export, members

noun = Noun()

DATA, EXPORT, MORE = "data", "export", "more"
FORGET = "forget-now"
DELETED = (
    "Your role, skills, tips and record, what you did and shared in challenges, and the history of all that are "
    "deleted. These stay, without your id: challenges that you posted, counts of those you joined, coach admins whom "
    "you named, lines of the admins' audit, and the app itself."
)

_SURE = confirm("Delete all of it?", f"{DELETED} This can't be undone.", "Delete it all", "Cancel")
DELETE = button("Delete my data", FORGET, style="danger", confirm=_SURE)

_SEE, _EXPORT = button("See my data", "privacy", DATA), button("Export", "privacy", EXPORT)
_FOOT = _SEE, _EXPORT, DELETE, button("My assistants", "connect")
_KEPT = section(
    "*What I keep about you, and why*\n"
    "Nobody else sees your skills unless you show them: admins and leads see only weekly totals of five people or "
    "more, and none where fewer than 20 use me.\n"
    "• *You*: your Slack id, role, level and time zone, for your path and right dates\n"
    "• *What you know*: skills that you marked or showed, and your answers to my questions, to show your "
    "progress and to ask again\n"
    "• *What you did*: tips, labs, what came out, reminders, and what you have at work, to choose the next tip\n"
    "• *Weekly tips*: your yes or no, day and hour, and whether my messages arrived\n"
    "• *Your team*: which one, as Slack has it, challenges that you joined, what you shared, and whether "
    "you lead it or are a coach admin\n"
    "• *Your assistants*: a scrambled copy of each token; they read what you ask them to"
)
_NOT_KEPT = section(
    "I keep no names, no email addresses, and nothing that you write in Slack or to me, except what you "
    "ask me to keep or to share; *More* lists all of it."
)
KEPT = Message("What I keep about you, and why.", [_KEPT, _NOT_KEPT, actions(*_FOOT, button("More", "privacy", MORE))])

_ALL = section(
    "*All that I keep about you, and why*\n"
    "• *You*, for your path and right dates: Slack id and workspace id, role, level, time zone, when I met you\n"
    "• *Skills*, for your progress: those that you marked, took back or showed, when and where, and "
    "that somebody confirmed one, but not who\n"
    "• *Tips, projects and labs*, so that none comes twice or needs what you lack: those that you got, did or refused, "
    "what came out and who may read it, your plans, what you have at work, how many lines you reported\n"
    "• *Questions* about skills and tips, with your answers, to ask again\n"
    "• *Weekly tips*: your yes or no, how often, whether they arrived and you answered\n"
    "• *Challenges* that you joined, did, started or suggested, and what you shared\n"
    "• *Your team*, as Slack has it, what you show it, whether you lead one and want messages\n"
    "• *Coach admins*: whether you are one, whom you named, what you did as one, and whether you installed me\n"
    "• *Your assistants*: each token, scrambled, and its end; they read what you ask them to\n"
    "• *My answer* to your direct message, until it is sent"
)
_NOTHING_ELSE = section(
    "I keep no names, no email addresses, and nothing else that you write. Posts in channels stay, but not what you "
    "show your team. Nobody else sees your skills unless you show them. Admins see only weekly totals of five people "
    "or more, of weeks in which 15 used me, and none where fewer than 20 use me. Leads see what is shown, "
    "and totals of what blocks."
)
_BELOW_ALL = actions(*_FOOT, button("Back", "privacy"))
IN_FULL = Message("All that I keep about you, and why.", [_ALL, _NOTHING_ELSE, _BELOW_ALL])

_SHALL_I = f"*Shall I delete all that I keep about you?*\n{DELETED} This can't be undone. Nothing is deleted yet."
_BELOW_ASK = actions(DELETE, button("What you keep", "privacy"))
ASK = Message("Shall I delete all that I keep about you? Nothing is deleted yet.", [section(_SHALL_I), _BELOW_ASK])

_ANEW = button("Start again", "myrole")
FORGOTTEN = replace(saying("Done: I know nothing about you any more.", _ANEW), first_visit=True)

COUNTED: Mapping[str, str] = {  # a table → what one or several of its rows are called
    "member": "entry about you: role, level, zone, when I met you|",
    "skill_mark": "skill that you marked|skills that you marked",
    "skill_history": "step of learning and taking back|steps of learning and taking back",
    "tip_given": "tip that you got|tips that you got",
    "practice": "step with a tip (done, undone, blocked), with what came out|"
    "steps with tips (done, undone, blocked), with what came out",
    "situation": "answer about what you have at work|answers about what you have at work",
    "quiz": "question that I asked you, with your answer|questions that I asked you, with your answers",
    "still": "line about whether you still do a tip|lines about whether you still do a tip",
    "plan": "reminder that you planned|reminders that you planned",
    "project": "project, and when you began and finished it|projects, and when you began and finished them",
    "lab_solved": "lab that you solved, and when|labs that you solved, and when",
    "showing": "skill or project that you showed, with your line|skills or projects that you showed, with your lines",
    "suggestion": "challenge that you suggested to the admins|",
    "entry": "challenge or team's project, with what you shared|challenges or team's projects, with what you shared",
    "schedule": "setting of your weekly tips: day, hour, pauses|",
    "delivery": "message of mine to you, and whether it arrived|messages of mine to you, and whether they arrived",
    "lead": "entry that makes you the lead of a team, and your yes or no to its messages|",
    "team_member": "entry that says which team you are in|",
    "coach_admin": "entry that makes you a coach admin|",
    "assistant_token": "token of an assistant of yours|tokens of assistants of yours",
}
NAMED: Mapping[str, str] = {
    "challenge": "challenge that you started|challenges that you started",
    "coach_admin": "coach admin whom you named|coach admins whom you named",
    "installation": "installation of mine, by you|",
    "audit": "act in the audit, by you or about you|acts in the audit, by you or about you",
}
_PRIVACY = button("What I keep and why", "privacy")

_NO_ROWS = section("*I keep nothing about you*, so there is nothing to show or to export.")
NOTHING = Message("I keep nothing about you.", [_NO_ROWS, actions(_PRIVACY)])
NOTHING_OF_GUEST = saying("I keep nothing about you.")
_IS_SENT = section("*Your data is in our direct messages, as a file.* Slack keeps that file until you delete it.")
SENT = Message("Your data is in our direct messages, as a file.", [_IS_SENT, actions(_PRIVACY)], replaces=False)

Tables = dict[str, list[dict[str, Any]]]  # rows


@noun.verb("privacy [data|export]", "Read what is kept about you, and why; see it and take it with you.")
async def privacy(request: Request, words: str) -> Message:
    asked = words.casefold().strip()
    if asked not in {"", DATA, EXPORT, MORE}:
        said = "Type `/roleshift privacy`, `privacy data` or `privacy export`."
        raise UserError(said, NextStep("What I keep about you", "privacy"))
    if await _is_unknown(request):
        return NOTHING_OF_GUEST
    if asked in {"", MORE}:
        return IN_FULL if asked else KEPT
    found = await export_of(request.store, request.who)
    if found is None:
        return NOTHING
    if asked == DATA:
        return my_data(request.catalog, found)
    await request.take()
    await request.slack.send_file(request.who.member_id, found.file(request.catalog))
    return SENT


@noun.verb("forget me", "Have everything about you deleted; asks first.", after_removal=True)
async def forget(request: Request, _words: str) -> Message:
    return NOTHING_OF_GUEST if await _is_unknown(request) else ASK


async def _is_unknown(request: Request) -> bool:
    return await request.is_guest() and await export_of(request.store, request.who) is None


@noun.click(FORGET, no_value, after_removal=True)
async def forget_now(request: Request, _: None) -> Message:
    """Delete every row about the member, who has confirmed it. Their Home shows the first visit."""
    await request.store.write(membership.forget, request.who, request.now, request.asked_at)
    request.services.people.forget(request.who)
    await request.store.erase()
    return FORGOTTEN


@dataclass(frozen=True, slots=True)
class Export:
    """The rows about a member by table, and the rows of other tables that name them."""

    who: MemberKey
    met_at: datetime | None  # None for somebody whom an admin named, or who installed the bot, and who never used it
    about: Tables = field(default_factory=dict)
    naming: Tables = field(default_factory=dict)

    def file(self, catalog: Catalog) -> File:
        """Return all of it as JSON, with one row in each line, and the titles of the tips in it."""
        about, naming = _as_json(self.about), _as_json(self.naming)
        tips = dict.fromkeys(row["tip"] for rows in self.about.values() for row in rows if row.get("tip"))
        titles = to_json({tip: title for tip in tips if (title := catalog.title_of(tip))})
        rows = f'"about_you":{about},\n"naming_you":{naming},\n"titles":{titles}'
        text = f"{to_json(self.who._asdict())[:-1]},\n{rows}}}\n"
        comment = "Your data: everything that I keep about you. Slack keeps this file until you delete it."
        return File("roleshift-my-data.json", text, comment, NextStep("Export", "privacy", EXPORT))


async def export_of(store: Store, who: MemberKey) -> Export | None:
    """Return all that is stored about a member, if anything is. Raise UserError if they were forgotten meanwhile."""
    met_at, _ = await store.read(members.met_and_left, who)
    found = Export(who, met_at, *await store.read_aside(export.rows_about, who))
    if (await store.read(members.met_and_left, who))[0] != met_at:
        said = "You were forgotten meanwhile, so there is nothing to export."
        raise UserError(said, NextStep("Start again", "myrole"))
    return found if any((*found.about.values(), *found.naming.values())) else None


def my_data(catalog: Catalog, found: Export) -> Message:
    title, lines = "What I keep about you", list[str]()
    if found.met_at is not None:
        (me,) = found.about["member"]
        role, zone = catalog.roles.get(me["role"]), me["zone"]
        title += f", since {day(found.met_at, zone)}"
        said_yes = any(row["consent"] == "yes" for row in found.about["schedule"])
        lines = [
            f"*Role*: {escape(role.name) if role else escape(me['role'] or 'none')}",
            f"*Time zone*: {escape(zone or 'unknown')}",
            f"*Weekly tips*: {'asked for' if said_yes else 'none'}",
        ]
    rows = [(COUNTED[table], len(rows)) for table, rows in found.about.items()]
    rows += [(NAMED[table], len(rows)) for table, rows in found.naming.items()]
    blocks = [
        section("\n".join([f"*{title}*", *lines])),
        section("\n".join(f"• {counted(count, *names.split('|'))}" for names, count in rows if count)),
        context("The export holds every one of these rows, with all of its fields."),
        actions(_EXPORT, DELETE, _PRIVACY),
    ]
    return Message(f"{title}.", blocks)


def _as_json(tables: Tables) -> str:
    lines = (f'"{name}":[\n' + ",\n".join(map(to_json, rows)) + "]" for name, rows in tables.items())
    return "{\n" + ",\n".join(lines) + "}"
