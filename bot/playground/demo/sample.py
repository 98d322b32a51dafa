"""The sample workspace of the demo: its people and its channels."""

from __future__ import annotations

from bot.playground.emulator.people import Person, Room, Roster, UserGroup

SAMPLE_PEOPLE = (
    Person("U01NORA", "Nora Whitfield", "Head of Engineering", "America/New_York", "owner"),
    Person("U02EMIL", "Emil Brandt", "DevOps Engineer", "Europe/Berlin"),
    Person("U03ASHA", "Asha Raman", "Backend Developer", "Asia/Kolkata", note="with roleshift for a year"),
    Person("U04KENJI", "Kenji Mori", "QA Engineer", "Asia/Tokyo", note="with roleshift for three weeks"),
    Person("U05ISLA", "Isla Carver", "Product Designer", "Australia/Sydney", "guest"),
)
WEEKS_WITH_ROLESHIFT = {"U03ASHA": 53, "U04KENJI": 4}  # at most, of those who can be played and have a past
# Members who can't be played. With Nora, Emil, Asha and Kenji they are the 22 who may be coached. First names
# differ, so that `@` and a first name mean one person.
SAMPLE_EXTRAS = tuple(
    Person(member_id, name, title, zone, switchable=False)
    for member_id, name, title, zone in (
        ("U06WANJIRU", "Wanjiru Kamande", "Software Engineer", "Africa/Nairobi"),
        ("U07TENDAI", "Tendai Chikore", "Data Analyst", "Africa/Nairobi"),
        ("U08PRIYA", "Priya Nambiar", "ML Engineer", "Asia/Kolkata"),
        ("U09ROHAN", "Rohan Deshpande", "DevOps Engineer", "Asia/Kolkata"),
        ("U10HARUKA", "Haruka Ishida", "Data Scientist", "Asia/Tokyo"),
        ("U11MINH", "Minh Dao", "Web Developer", "Asia/Tokyo"),
        ("U12MARTA", "Marta Kowalik", "Data Scientist", "Europe/Berlin"),
        ("U13LUKAS", "Lukas Brenner", "Site Reliability Engineer", "Europe/Berlin"),
        ("U14LEA", "Léa Fournel", "Cloud Engineer", "Europe/Berlin"),
        ("U15YUSUF", "Yusuf Adeyinka", "Software Engineer", "Africa/Nairobi"),
        ("U16JOAO", "João Siqueira", "Software Engineer", "America/Sao_Paulo"),
        ("U17LUCIANA", "Luciana Prates", "Platform Engineer", "America/Sao_Paulo"),
        ("U18TESSA", "Tessa Holloway", "Software Engineer", "America/New_York"),
        ("U19MARCUS", "Marcus Ellery", "Full-Stack Developer", "America/New_York"),
        ("U20CAMILLE", "Camille Tremont", "Analytics Engineer", "America/New_York"),
        ("U21CALLUM", "Callum Reeve", "DevOps Engineer", "Australia/Sydney"),
        ("U22AROHA", "Aroha Wikaira", "Data Analyst", "Australia/Sydney"),
        ("U23ELIF", "Elif Karaca", "ML Engineer", "Europe/Berlin"),
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


# The first has as many people as a team with figures needs, and five of those whom the bot knows are outside of it.
SAMPLE_GROUPS = (
    UserGroup("S01PLATFORM", "ml-platform", "ML Platform", ("U03ASHA", *(each.id for each in SAMPLE_EXTRAS[:14]))),
    UserGroup("S02APPS", "apps", "Apps", ("U04KENJI", *(each.id for each in SAMPLE_EXTRAS[14:]))),
)
SAMPLE_TEAMS = ((SAMPLE_GROUPS[0], "C02PLATFORM", "U03ASHA"), (SAMPLE_GROUPS[1], "C03AIGUILD", "U04KENJI"))


def sample() -> Roster:
    """Return Northwind Labs, the workspace of the demo."""
    return Roster("T01NORTHWIND", "Northwind Labs", SAMPLE_PEOPLE + SAMPLE_EXTRAS, SAMPLE_ROOMS, SAMPLE_GROUPS)
