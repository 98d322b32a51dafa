"""No name, no e-mail address and no text of a person is stored, but for what they chose to share."""

from sqlalchemy import Connection, select

from bot.slack.app import NOUNS
from bot.store.member_schema import entry, plan, practice, showing, suggestion
from bot.store.schema import challenge, metadata, unanswered
from tests.slack.challenge import EMIL, NORA, PLATFORM, Team
from tests.slack.talk import Talk, pressed
from tests.slack.test_plans import opens, saves, tomorrow
from tests.slack.test_plans import weekly_tip as their_tip

TYPED, SHARED = "canary4711", "shared4711"
# The columns for what people choose to share, or write for themselves.
SHARING = {
    challenge.c.title,
    challenge.c.task,
    challenge.c.done_when,
    challenge.c.question,
    entry.c.line,
    practice.c.line,
    plan.c.cue,
    showing.c.evidence,
    suggestion.c.words,
    unanswered.c.question,
}


def places_of(tx: Connection, *words: str) -> dict[str, set[str]]:
    """Return for each word the columns, as `table.column`, in which some row holds it."""
    found: dict[str, set[str]] = {word: set() for word in words}
    for table in metadata.sorted_tables:
        for row in tx.execute(select(table)).mappings():
            for column, value in row.items():
                for word in words:
                    if word.casefold() in str(value).casefold():
                        found[word].add(f"{table.name}.{column}")
    return found


async def types_everything(team: Team, who: str) -> None:
    """Type and write every verb with a canary, in a direct message and in a channel."""
    slack, talk = team.slack, Talk(team.slack, who)
    for verb in (*NOUNS.verbs, TYPED):
        await slack.command(who, f"/roleshift {verb} {TYPED}")
        for stacked in tuple(slack.workspace.screens.stacks.get(who, ())):
            await slack.close(who, stacked)
        for place in (slack.workspace.dm(who), slack.workspace.channel("C03AIGUILD")):
            await slack.acts.say(slack.workspace.person(who), place, f"@roleshift {verb} {TYPED}")
    await talk.does("/roleshift tips on")
    await slack.change_person(who, title=f"{TYPED} {TYPED}@example.org")


async def shares_everything(team: Team) -> None:
    """Write into every field that is there to be shared or kept."""
    nudge = await their_tip(team.life)
    await nudge.does("[Did it]")
    await opens(team.life, nudge, "What came out?")
    await saves(team.life, nudge, line=SHARED)
    texts = {"title": SHARED, "task": SHARED, "done_when": SHARED, "question": SHARED}
    await team.starts(**texts)
    await team.adds(EMIL, SHARED)
    talk = Talk(team.slack, EMIL, PLATFORM)
    await talk.does("/roleshift challenge")
    await talk.does("[Suggest one to the admins]")
    await team.sends(EMIL, template="free", words=SHARED)
    await talk.does("/roleshift learn cost spikes")
    await talk.does("/roleshift show cost spikes")
    (view,) = team.slack.workspace.screens.stacks[EMIL]
    await team.slack.submit(EMIL, view, {"evidence": SHARED})
    await team.slack.save(EMIL)
    await talk.does(f"/roleshift ask track token spend {SHARED}")
    await talk.does("[Ask my admins]")
    await talk.does("/roleshift tip")
    seen = await team.slack.click(EMIL, talk.last, *pressed(talk.last, "When?"))
    done = await team.slack.submit(EMIL, seen.form, {"day": tomorrow(team.life), "time": "10:00", "cue": SHARED})
    assert done.errors == {}


async def test_what_people_write_is_stored_only_where_they_share_it(team: Team) -> None:
    await shares_everything(team)
    for who in (EMIL, NORA):
        await types_everything(team, who)
    await team.jobs(days=8)
    people = team.slack.workspace.people.values()
    names = [name for person in people for name in (person.name, person.name.split()[-1])]  # ids hold first names
    places = await team.services.store.read(places_of, TYPED, SHARED, "@example", *names)
    assert places.pop(SHARED) == {f"{column.table.name}.{column.name}" for column in SHARING}, "where people share"
    assert {word: found for word, found in places.items() if found} == {}, "what nobody chose to share is stored"
