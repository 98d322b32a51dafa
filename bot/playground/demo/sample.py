"""The sample workspace of the demo: its people, its channels, and what they wrote there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.playground.emulator.people import Person, Room, Roster, UserGroup
from bot.playground.emulator.workspace import Workspace

FOR_A_QUARTER = "with roleshift for thirteen weeks"
SAMPLE_PEOPLE = (
    Person("U01NORA", "Nora Whitfield", "Head of Engineering", "America/New_York", "owner"),
    Person("U02EMIL", "Emil Brandt", "DevOps Engineer", "Europe/Berlin"),
    Person("U03ASHA", "Asha Raman", "Backend Developer", "Asia/Kolkata", note="with roleshift for a year"),
    Person("U04KENJI", "Kenji Mori", "QA Engineer", "Asia/Tokyo", note="with roleshift for three weeks"),
    Person("U12MARTA", "Marta Kowalik", "Data Scientist", "Europe/Berlin", note=FOR_A_QUARTER),
    Person("U08PRIYA", "Priya Nambiar", "ML Engineer", "Asia/Kolkata", note=FOR_A_QUARTER),
    Person("U15YUSUF", "Yusuf Adeyinka", "Software Engineer", "Africa/Nairobi", note=FOR_A_QUARTER),
    Person("U11MINH", "Minh Dao", "Frontend Developer", "Asia/Tokyo", note=FOR_A_QUARTER),
    Person("U18TESSA", "Tessa Holloway", "Product Manager", "America/New_York"),
    Person("U05ISLA", "Isla Carver", "Product Designer", "Australia/Sydney", "guest"),
)
WEEKS_WITH_ROLESHIFT = {  # at most, of those who can be played and have a past
    "U03ASHA": 53,
    "U04KENJI": 4,
    **{person.id: 13 for person in SAMPLE_PEOPLE if person.note == FOR_A_QUARTER},
}
# Members who can't be played. With the nine who can and are no guest, they are the 24 who may be coached. First names
# differ, so that `@` and a first name mean one person.
SAMPLE_EXTRAS = tuple(
    Person(member_id, name, title, zone, switchable=False)
    for member_id, name, title, zone in (
        ("U06WANJIRU", "Wanjiru Kamande", "Software Engineer", "Africa/Nairobi"),
        ("U07TENDAI", "Tendai Chikore", "Data Analyst", "Africa/Nairobi"),
        ("U09ROHAN", "Rohan Deshpande", "DevOps Engineer", "Asia/Kolkata"),
        ("U10HARUKA", "Haruka Ishida", "Data Scientist", "Asia/Tokyo"),
        ("U13LUKAS", "Lukas Brenner", "Site Reliability Engineer", "Europe/Berlin"),
        ("U14LEA", "Léa Fournel", "Cloud Engineer", "Europe/Berlin"),
        ("U16JOAO", "João Siqueira", "Software Engineer", "America/Sao_Paulo"),
        ("U17LUCIANA", "Luciana Prates", "Platform Engineer", "America/Sao_Paulo"),
        ("U19MARCUS", "Marcus Ellery", "Full-Stack Developer", "America/New_York"),
        ("U20CAMILLE", "Camille Tremont", "Analytics Engineer", "America/New_York"),
        ("U21CALLUM", "Callum Reeve", "DevOps Engineer", "Australia/Sydney"),
        ("U22AROHA", "Aroha Wikaira", "Data Analyst", "Australia/Sydney"),
        ("U23ELIF", "Elif Karaca", "ML Engineer", "Europe/Berlin"),
        ("U24ZANELE", "Zanele Khoza", "Software Engineer", "Africa/Nairobi"),
        ("U25TOMAS", "Tomás Arrieta", "DevOps Engineer", "America/Sao_Paulo"),
    )
)

SAMPLE_ROOMS = (
    Room("C01GENERAL", "general", "Announcements for everyone"),
    Room("C02PLATFORM", "platform", "What we build on"),
    Room("C03AIGUILD", "ai-guild", "Learning to work with AI, together", guests=("U05ISLA",)),
    Room("C04PROMPTS", "prompts-2024", "Moved to #ai-guild", archived=True),
    Room("C05DESIGN", "design", "Pixels and words", bot_is_in=False, guests=("U05ISLA",)),
    Room(
        "C06LEADTEAM", "leads", "Only those who were invited", members=("U01NORA", "U02EMIL", "U03ASHA"), private=True
    ),
)


_OTHERS = sorted(person.id for person in SAMPLE_PEOPLE + SAMPLE_EXTRAS if person.id > "U05ISLA")
SAMPLE_GROUPS = (
    UserGroup("S01PLATFORM", "ml-platform", "ML Platform", ("U03ASHA", *_OTHERS[:14])),
    UserGroup("S02APPS", "apps", "Apps", ("U04KENJI", *_OTHERS[14:])),
)
SAMPLE_TEAMS = ((SAMPLE_GROUPS[0], "C02PLATFORM", "U03ASHA"), (SAMPLE_GROUPS[1], "C03AIGUILD", "U04KENJI"))


def sample() -> Roster:
    """Return Northwind Labs, the workspace of the demo."""
    return Roster("T01NORTHWIND", "Northwind Labs", SAMPLE_PEOPLE + SAMPLE_EXTRAS, SAMPLE_ROOMS, SAMPLE_GROUPS)


def fresh_sample() -> Roster:
    """Return Northwind Labs as a Slack of ten, all of whom can be played, in which nobody has used the bot."""
    people = tuple(replace(person, note="") for person in SAMPLE_PEOPLE)
    ids = {person.id for person in people}
    groups = (replace(group, people=tuple(sorted(ids.intersection(group.people)))) for group in SAMPLE_GROUPS)
    return replace(sample(), people=people, groups=tuple(groups))


GENERAL, PLATFORM, GUILD, DESIGN = "C01GENERAL", "C02PLATFORM", "C03AIGUILD", "C05DESIGN"
NEW, REPLY = False, True

# Hours ago, channel, author, whether it answers the message before it there, text.
CHATTER = (
    (98, PLATFORM, "U21CALLUM", NEW, "The bill for model calls doubled last week. Which service was it?"),
    (97, PLATFORM, "U03ASHA", REPLY, "We log tokens per request since Monday. I can split it by service."),
    (96, PLATFORM, "U21CALLUM", REPLY, "Please. And can we have an alert before the next surprise?"),
    (75, GUILD, "U08PRIYA", NEW, "How do you test a prompt change? Mine fixed one answer and broke two others."),
    (74, GUILD, "U19MARCUS", REPLY, "I keep ten real questions in a file and read all ten answers before I merge."),
    (52, GENERAL, "U01NORA", NEW, "The support assistant goes live on Thursday. Write down what it must never answer."),
    (49, GUILD, "U11MINH", NEW, "My agent called one tool eleven times and then gave up. Where do I start to look?"),
    (30, DESIGN, "U05ISLA", NEW, "The assistant sounds sure when it is wrong. How do we show people that it may be?"),
    (27, PLATFORM, "U13LUKAS", NEW, "Answers take nine seconds at noon and two at night. Is that us or the provider?"),
    (26, PLATFORM, "U17LUCIANA", REPLY, "The provider, I think. But we send the whole handbook with each question."),
    (22, GUILD, "U12MARTA", NEW, "The assistant quotes a price list of 2023. The new one is in the index, I checked."),
)


def post_chatter(workspace: Workspace) -> None:
    """Post what was written, each at its time."""
    now, latest = workspace.clock(), dict[str, str]()
    for hours_ago, room, author, is_reply, text in CHATTER:
        thread_ts = latest[room] if is_reply else None
        message = workspace.post(room, author, text, now - timedelta(hours=hours_ago), thread_ts=thread_ts)
        latest[room] = thread_ts or message.ts
