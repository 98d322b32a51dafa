"""What members and the bot say to each other, command by command, as tables."""

import re
from dataclasses import replace

import pytest

from bot.core.next_step import choices
from bot.core.next_tip import choose_tip
from bot.playground.demo.sample import sample
from bot.playground.emulator.people import Person
from bot.slack.app import NOUNS
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.real_content import load
from tests.records import record_of
from tests.slack.talk import Talk, Talks

CATALOG = load()
FIRST_ROLE = next(iter(CATALOG.roles.values()))
DEVOPS, ML = CATALOG.roles["devops-engineer"], CATALOG.roles["ml-engineer"]
FIRST, SECOND, *_ = CATALOG.path(DEVOPS)  # the first has no single tip: a project teaches it
EVERYBODYS = choose_tip(CATALOG, record_of()).lesson.skill.name
BEGINS = choose_tip(CATALOG, record_of(DEVOPS)).lesson
A_TIP = BEGINS.tip
PROJECT = choices(CATALOG, record_of(DEVOPS))[0]
STEP, STEPS = PROJECT.main_steps[0], len(PROJECT.main_steps)
IN_ALL, ON_PATH, ON_ML_PATH = len(CATALOG.skills), len(DEVOPS.skills), len(ML.skills)

Steps = list[tuple[str, str]]
CONVERSATIONS: dict[str, Steps] = {
    "who types nothing is asked for their role, and later sees their week and next step": [
        ("/roleshift", "roleshift shows how AI changes your job."),
        ("[Another role: DevOps Engineer]", "Your role now: DevOps Engineer"),
        ("/roleshift menu", f"*This week: {STEP.title}* · five minutes\n"),
        ("[Start]", f"*{PROJECT.name}* · step 1 of {STEPS}"),
        ("[Did it]", "\nDone"),
        ("/roleshift", f"Done this week: *{STEP.title}*."),
        ("[My progress]", f"0 of {ON_PATH} on the path"),
        ("[Yes]", "The first one comes on Tuesday"),
        ("/roleshift", "Next weekly tip: Tuesday"),
        ("[Help]", "`privacy` what I keep, and why"),
    ],
    "who has no test set yet practises on invented data": [
        ("/roleshift lab", "• Correct the score of a judge · 15 min"),
        ("[Choose a lab: Correct the score of a judge]", "What share of the 2,000 answers is probably really good"),
        ("[Other data]", "What share of the 2,000 answers"),
        ("/roleshift labs", "Practise on invented data; I check your answer."),
        ("/roleshift lab score of a judge", "*Correct the score of a judge*"),
        ("/roleshift lab juggling", "I don't know the lab `juggling`. Pick one."),
        ("/roleshift ask I have no logs to practise with", "Price one answer from a day's calls · a lab with invented"),
    ],
    "a project is chosen, and its open step is there whenever it is asked for": [
        ("/roleshift project", "Which role is yours?"),
        ("/roleshift myrole ml engineer", "Your role now:"),
        ("/roleshift projects", "Choose your next project."),
        ("[Begin]", " · step 1 of "),
        ("/roleshift next", " · step 1 of "),
        ("/roleshift project knitting", "I don't know the project `knitting`. Pick one."),
        (f"/roleshift project {PROJECT.name.casefold()}", f"*{PROJECT.name}* · step 1 of"),
        ("/roleshift ask show me my project", f"*{PROJECT.name}* · step 1 of"),
        ("/roleshift ask can I have another project", "Choose your next project."),
        ("/roleshift ask I don't want projects", "Only single tips from now on."),
        ("/roleshift project off", "Only single tips from now on."),
        ("/roleshift project on", "Projects come again, one step a week."),
    ],
    "a reminder is planned, changed and cancelled in the list": [
        ("/roleshift plan", "You have planned nothing. Press *Remind me* on a tip"),
        ("/roleshift tip", "A tip for you:"),
        ("[Remind me]", "A reminder comes only with weekly tips. *One like this every Tuesday at 09:30?*"),
        ("[No, thanks]", "*Done when*"),
        ("[Remind me]", "Reminders come only with weekly tips, and yours are off."),
        ("[Start weekly tips]", "eekly tips are on"),
    ],
    "a question in plain words is answered, or the coach says that it does not know": [
        ("/roleshift ask", "Ask me in your own words"),
        ("[Track token spend]", "This answers it: Token usage and costs*"),
        ("[Open]", "*Start here*"),
        ("/roleshift ask make a prompt cheaper without losing facts", "This answers it: Let AI see each log line"),
        ("[Open]", " minutes\n_"),
        ("[Did it]", "\nDone"),
        ("/roleshift ask how do I stop a prompt from leaking data?", "*Start here* Take one assistant that you use"),
        ("/roleshift ask Compare the prices of your AI answers", "of your AI answers · a challenge for a team"),
        ("[Open]", "minutes each. An admin starts it."),
        ("/roleshift ask will it rain tomorrow", "I don't follow weather, news, sport or markets."),
        ("[All skills]", "Skills in all"),
        ("/roleshift ask <yxcv> qwertz", "I'm not sure what you mean."),
    ],
    "who looks for a challenge is told that there is none, and who may start one": [
        ("/roleshift challenge", "No challenge is open."),
        ("[Suggest one to the admins]", "What should the team try?"),
        ("(template=free words=Compare)", "You suggested a challenge to the admins:\n> Compare"),
        ("/roleshift challenges", "No challenge is open."),
        ("/roleshift challenge new", "Who are they?"),
    ],
    "help lists the verbs that people use most, by what they are about": [
        ("/roleshift help", "*Skills*\n`learn` mark a skill as learned"),
        ("[What you keep]", "I keep no names, no email addresses, and nothing that you write in Slack"),
    ],
    "who the coach admins are is no secret, and the desk is theirs": [
        (
            "/roleshift admins",
            "No coach admin is named. Ask <@U01NORA>. Workspace admins and owners always have these rights",
        ),
        ("/roleshift admins add @asha", "Only workspace admins and coach admins can name coach admins."),
        ("/roleshift team skills", "Only workspace admins and coach admins can see the team's desk."),
        ("/roleshift team", "You are in no team that I know. I look a minute after you first use me"),
        ("[Admins]", "No coach admin is named."),
        ("/roleshift team add @nobody", "Only workspace admins and coach admins can add and remove teams."),
        ("/roleshift lead on", "You lead no team here. An admin names leads."),
        ("/roleshift reported", "Only workspace admins and coach admins can"),
        ("/roleshift audit", "Only workspace admins and coach admins can see the audit."),
    ],
    "a job title as people type it sets the role": [
        ("/roleshift myrole sr devops", "Your role now: DevOps Engineer"),
        ("/roleshift myrole", "*DevOps Engineer → AI Platform Enabler*\n_Was_ Deploy and monitor services"),
        ("[Not my role]", "Which role is yours?"),
        ("[Choose your role: ML Engineer]", "Your role now: ML Engineer"),
        ("/roleshift myrole", "_Less_ Training pipelines · Model deployment"),
    ],
    "a role can be picked by looking at all of them": [
        ("/roleshift myrole", "Which role is yours?"),
        ("[Compare roles]", "Software Engineer → *AI Application Builder*"),
        (f"[Look at a role: {FIRST_ROLE.name}]", f"{FIRST_ROLE.name} → {FIRST_ROLE.becomes}"),
        ("[This is my role]", f"Your role now:\n*{FIRST_ROLE.name}"),
        ("/roleshift roles", "*Role transformations*"),
        ("[How roles blend]", "Job descriptions mean nothing now"),
    ],
    "a learned skill counts, once, and can be taken back": [
        ("/roleshift myrole sre", "Your role now: DevOps Engineer"),
        ("/roleshift learn token costs", "Done: *Token usage and costs*."),
        ("/roleshift learn token costs", "You already marked *Token usage and costs* as learned on"),
        ("/roleshift learned Token usage and costs", "Count unchanged."),
        ("[My progress]", "AI Platform Enabler: 0 of 8 role lines proved"),
        ("[My skills]", f"*Your skills*: 1 of {ON_PATH} learned\n_Practised: you did a tip of it, or answered right."),
        ("[Back]", "You have learned 1 skill, "),
        ("/roleshift unlearn token costs", "*Token usage and costs* is no longer marked as learned."),
        ("/roleshift unlearn token costs", "*Token usage and costs* was not marked as learned. Nothing changed."),
        ("[Mark as learned]", "Done: *Token usage and costs*."),
        ("[Undo]", "*Token usage and costs* is no longer marked as learned."),
        ("/roleshift progress", f"You have learned no skill yet, 0 of {ON_PATH} on the path to AI Platform Enabler."),
    ],
    "a tip that is done makes its skill practised, and the next skill is one that is not": [
        ("/roleshift myrole sre", f"*Next: {PROJECT.name}* · step 1 of {STEPS} · five minutes"),
        ("/roleshift tip", "A tip for you:"),
        ("[Did it]", f"*{BEGINS.skill.name}* is practised: 0 of {ON_PATH} learned · 1 practised."),
        (f"/roleshift did {A_TIP.id}", f"0 of {ON_PATH} learned · 1 practised."),  # a second time counts once
        ("[Undo]", "Taken back"),
        ("/roleshift did ?", "Which of these did you do?"),
        (f"[{A_TIP.title}]", f"0 of {ON_PATH} learned · 1 practised."),
        ("/roleshift myrole", "*Next: "),
        ("[My role in full]", f"0 of {ON_PATH} learned · 1 practised"),
        (f"/roleshift skill {BEGINS.skill.slug}", "Practised: you did 1 of its"),
        ("[Mark as learned]", f"1 of {ON_PATH} learned"),
        ("[Undo]", f"0 of {ON_PATH} learned · 1 practised"),
    ],
    "the path leads from one skill to the next": [
        ("/roleshift role sre", "*What they monitor now*"),
        ("/roleshift myrole sre", "_What they monitor now_ ○ Token usage and costs · ○ Model response quality"),
        ("[My role in full]", "• Inference needs scale differently"),
        ("[Back]", f"*Next: {PROJECT.name}*"),
        (f"/roleshift learn {FIRST.slug}", f"Next: *{SECOND.name}*."),
        ("[How?]", "*Start here*"),
        ("[A tip for it]", "step 1 of"),
        (f"/roleshift learn {SECOND.slug}", f"2 of {ON_PATH} learned"),
        ("[My progress]", f"You have learned 2 skills, 2 of {ON_PATH} on the path to AI Platform Enabler."),
        ("[My skills]", f"*Your skills*: 2 of {ON_PATH} learned"),
        ("[All skills]", f"Skills on the path to AI Platform Enabler: 2 of {ON_PATH} learned"),
        (f"[Open a skill: {FIRST.name}]", "Undo: not learned yet"),
        ("[Undo: not learned yet]", f"*{FIRST.name}* is no longer marked as learned."),
    ],
    "tips say why they came, and another is another": [
        ("/roleshift tip", "* · 10 minutes"),
        ("/roleshift myrole sre", "Your role now: DevOps Engineer"),
        ("/roleshift tip", "_A single tip."),
        ("[Another one]", "*Done when*"),
        ("[About this skill]", "*Start here*"),
        ("[More]", "*You know it when*"),
        ("/roleshift tip streaming", "* · step 1 of"),
    ],
    "what is said in a word is about the tip that is open": [
        ("/roleshift did", "You got no tip yet that is not done."),
        ("/roleshift undo", "There is nothing to take back."),
        ("/roleshift skip work", "You have no open tip."),
        ("/roleshift stuck", "You have no open tip."),
        ("[A tip now]", "A tip for you:"),
        ("/roleshift stuck", "What is in the way?"),
        ("/roleshift hard", "Then take only the beginning of"),
        ("/roleshift easy", "is nothing new for you, then."),
        ("[Harder tips]", "Noted: tips for people who use AI every day from now on."),
        ("/roleshift level 9", "How far are you with AI?"),
        ("/roleshift level new", "Noted: tips for people who are new to AI from now on."),
        ("/roleshift example", "About this skill"),
        ("/roleshift small", "the first five of"),
        ("[All of it]", "*Done when*"),
        ("/roleshift remind tomorrow", "A reminder comes only with weekly tips."),
        ("[Yes]", "The first one comes on"),
        ("/roleshift remind", "When shall I remind you of *"),
        ("[Tomorrow]", "Reminder: "),
        ("/roleshift did", "Done: "),
        ("/roleshift undo", "Taken back."),
        ("/roleshift skip", "Skipped: "),
        ("/roleshift where", "A tip for you:"),
        ("/roleshift open", "A tip for you:"),
        ("/roleshift back", "Good to see you."),
        ("/roleshift delete", "Shall I delete all"),
    ],
    "a question is asked about what was practised": [
        ("/roleshift check", "You have not practised a skill yet. Do one tip, and I can ask you about it."),
        ("[A tip now]", "A tip for you:"),
        ("[Did it]", "\nDone"),
        ("/roleshift check", f"Quick check on *{EVERYBODYS}*"),
    ],
    "what one did is counted, kept in the record, and can be shown": [
        ("/roleshift record", "Your record is empty. It fills when you do a tip, mark a skill or show one"),
        ("[Add a tip I did]", "You got no tip yet that is not done."),
        ("/roleshift did juggling", "I don't know the tip `juggling`."),
        ("/roleshift did price", "Which tip did you do?"),
        (f"/roleshift did {A_TIP.title}", f"Done: {A_TIP.title}"),
        ("/roleshift progress", "1 tip done, 1 of them this month."),
        ("[My record]", "Only you see this. Copy it into your review."),
        (f"[Have it reviewed: {A_TIP.title}]", f"Done when {A_TIP.done_when}"),
        ("/roleshift show", "What do you want to show?"),
        ("/roleshift show cost-spikes", "once you did one of its tips."),
    ],
    "a member names what they have": [
        ("/roleshift myrole sre", "What can you use?"),
        ("[What can you use?]", "I may read its logs, with inputs, answers, token counts and versions."),
        ("(needs0=logs)", "Saved: you have 1 of 8."),
        ("/roleshift situation", "Tick what is true."),
    ],
    "skills can be read by path, by role and one by one": [
        ("/roleshift skills", f"Skills in all: 0 of {IN_ALL} learned"),
        ("/roleshift skills ml engineer", f"Skills on the path to {ML.becomes}: 0 of {ON_ML_PATH} learned"),
        (f"[Open a skill: {CATALOG.path(ML)[0].name}]", "*Start here*"),
        ("[More]", "*You teach it when*"),
        ("/roleshift skill cost spikes", "*Start here*"),
        ("[More]", "In the new job description: _Model costs spike unexpectedly_"),
        ("[Template and example]", "*Copy this and fill it in*"),
    ],
    "themes and mottos can be read": [
        ("/roleshift themes", "🚀 Ship first, optimise later"),
        ("[Open]", "• New models make existing work obsolete"),
        ("[All themes]", "*What runs through every role*"),
        ("/roleshift theme speed", "…and 3 more in the menu."),
        ("[Open a skill: Token usage and costs]", "*Start here*"),
    ],
    "a time or a zone alone is no yes to weekly tips": [
        ("/roleshift monday 9am", "Shall I send you one tip a week, on Mondays at 09:00?"),
        ("/roleshift tips zone America/Port of Spain", "Weekly tips are off."),
        ("/roleshift Berlin", "Weekly tips are off."),
        ("/roleshift 9am", "Shall I send you one tip a week, on Tuesdays at 09:00?"),
        ("[Start weekly tips]", "Your weekly tips are on: Tuesdays 09:00, Berlin."),
        ("/roleshift fri", "Your weekly tips are on: Fridays 09:00, Berlin."),
    ],
    "weekly tips come only after a yes, and at the time that was chosen": [
        ("/roleshift tips", "Weekly tips are off."),
        ("[Choose day and time]", "Saving this starts your weekly tips"),
        ("(day=2 time=08:00 zone=Mars/Base)", "I don't know that time zone. Example: Asia/Kolkata"),
        ("(day=2 time=08:00 zone=Asia/Kolkata)", "Your weekly tips are on: Wednesdays 08:00, Kolkata."),
        ("/roleshift tips zone Berlin", "Your weekly tips are on: Wednesdays 08:00, Berlin."),
        (
            "/roleshift tips thu 8:15",
            "Your weekly tips are on: Thursdays 08:15, Berlin. The next one",
        ),
        ("/roleshift tips zone asia/kolkata", "Your weekly tips are on: Thursdays 08:15, Kolkata."),
        ("/roleshift tips", "Your weekly tips are on: Thursdays 08:15, Kolkata."),
        ("[Stop]", "Weekly tips are off. You can start them at any time"),
        ("/roleshift tips on", "Your weekly tips are on: Thursdays 08:15, Kolkata."),
        ("/roleshift tips off", "Weekly tips are off. You can start them at any time"),
    ],
    "a pause has an end, and can be ended": [
        ("/roleshift pause 2 weeks", "Weekly tips are off."),
        ("/roleshift tips on", "eekly tips are on"),
        ("[Pause 2 weeks]", "Paused until"),
        ("[Resume]", "Weekly tips are on again. The next one comes on Tuesday"),
        ("/roleshift pause 10 days", "Paused until"),
        ("/roleshift resume", "Weekly tips are on again."),
    ],
    "who wants to be forgotten is asked first, and can start afresh": [
        ("/roleshift myrole sre", "Your role now: DevOps Engineer"),
        ("/roleshift learn cost spikes", f"1 of {ON_PATH} learned"),
        ("/roleshift privacy", "skills that you marked or showed"),
        ("[More]", "*Skills*, for your progress: those that you marked, took back or showed"),
        ("[See my data]", "1 skill that you marked"),
        ("/roleshift connect", "No assistant can reach me here: who runs me has not opened that."),
        ("/roleshift privacy everything", "Type `/roleshift privacy`, `privacy data` or `privacy export`."),
        ("/roleshift forget me", "Nothing is deleted yet."),
        ("[What you keep]", "*What I keep about you, and why*"),
        ("/roleshift progress", f"You have learned 1 skill, 1 of {ON_PATH}"),
        ("/roleshift forget", "This can't be undone."),
        ("[Delete my data]", "Done: I know nothing about you any more."),
        ("/roleshift myrole", "Which role is yours?"),
        ("/roleshift progress", "You have no role yet."),
        ("/roleshift privacy", "I keep no names"),
        ("[Delete my data]", "Done: I know nothing about you any more."),
        ("/roleshift learn cost spikes", "Done: *Catch cost spikes early*."),
    ],
    "everyday words are understood": [
        ("/roleshift hi", "Which role is yours?"),
        ("/roleshift compare", "*Role transformations*"),
        ("/roleshift settings", "Weekly tips are off."),
        ("/roleshift tips timezone Kolkata", "Noted: your time zone is Asia/Kolkata."),
        ("/roleshift Berlin", "Noted: your time zone is Europe/Berlin."),
        ("/roleshift tips monday 9am", "Your weekly tips are on: Mondays 09:00, Berlin."),
        ("/roleshift 9:30pm", "Your weekly tips are on: Mondays 21:30, Berlin."),
        ("/roleshift stop", "Weekly tips are off."),
        ("/roleshift tips start", "Your weekly tips are on: Mondays 21:30, Berlin."),
        ("/roleshift Unsubscribe", "Weekly tips are off."),
        ("/roleshift subscribe", "Your weekly tips are on: Mondays 21:30, Berlin."),
        ("/roleshift off", "Weekly tips are off."),
        ("/roleshift on mondays please", "Shall I send you one tip a week, on Mondays"),
        ("/roleshift on", "Your weekly tips are on: Mondays 21:30, Berlin."),
        ("/roleshift zone Kolkata", "Your weekly tips are on: Mondays 21:30, Kolkata."),
        ("/roleshift timezone", "Which time zone?"),
    ],
    "a verb without its word answers with a menu": [
        ("/roleshift role", "Which role? Pick one."),
        ("[Choose a role: ML Engineer]", "ML Engineer → AI Performance Evaluator"),
        ("/roleshift theme", "Which theme? Pick one."),
        ("[Choose a theme: Speed Matters]", "• Models replace months of work overnight"),
        ("/roleshift skill", "Which skill do you want to see?"),
        ("[Choose a skill: Catch cost spikes early]", "*Start here*"),
        ("/roleshift learn", "Which skill have you learned?"),
        ("[Choose a skill: Catch cost spikes early]", "Done: *Catch cost spikes early*."),
        ("[Choose my role]", "Which role is yours?"),
        ("/roleshift unlearn", "Which skill do you want to unmark?"),
        ("[Choose a skill: Catch cost spikes early]", "is no longer marked as learned."),
        ("/roleshift unlearn", "You have not marked any skill as learned yet."),
    ],
    "without a policy nothing is said to be allowed": [
        ("/roleshift allowed chatbot", "Your team has not told me what it allows."),
        ("[Who are the coach admins?]", "Workspace admins and owners always have these rights"),
    ],
    "what is for admins says who they are": [
        ("/roleshift announce", "Only workspace admins and coach admins can introduce me in a channel."),
        ("[Who are they?]", "Workspace admins and owners always have these rights"),
    ],
    "what is typed may bear capitals and spaces": [
        ("/roleshift   MYROLE   Sr. DevOps ", "Your role now: DevOps Engineer"),
        ("/roleshift Learn  TOKEN-USAGE-AND-COSTS", "Done: *Token usage and costs*."),
    ],
}


@pytest.fixture
def more_people() -> tuple[Person, ...]:
    """Return a twin of Emil for each conversation, so that all go on in one workspace and none disturbs another."""
    emil = next(person for person in sample().people if person.id == "U02EMIL")
    return tuple(replace(emil, id=f"U02EMIL{number:02}") for number in range(len(CONVERSATIONS)))


@pytest.mark.usefixtures("bot")
async def test_conversations_go_as_written(slack: StandIn, more_people: tuple[Person, ...]) -> None:
    async def check(case: tuple[Person, Steps]) -> None:
        twin, steps = case
        conversation = Talk(slack, twin.id)
        for step, expected in steps:
            assert expected in await conversation.does(step), step

    cases = zip(more_people, CONVERSATIONS.values(), strict=True)
    await try_every(dict(zip(CONVERSATIONS, cases, strict=True)), check)


def test_every_verb_and_alias_is_in_some_conversation() -> None:
    typed = {step.split()[1].lower() for steps in CONVERSATIONS.values() for step, _ in steps if len(step.split()) > 1}
    assert NOUNS.verbs.keys() - typed == {""}


async def test_help_in_slack_names_thirteen_verbs_and_to_admins_alone_theirs_and_all_of_them_work(talk: Talks) -> None:
    said = await talk().does("/roleshift help admins")
    named = re.findall(r"^`(\w+)` ", said, re.MULTILINE)
    expected = "myrole project tip did learn check progress record challenge tips ask privacy help"
    assert sorted(named) == sorted(expected.split())
    others = re.findall(r"`([\w ]+)`", said.partition("More: ")[2])
    admin = talk("U01NORA")
    assert said in await admin.does("/roleshift help")
    of_admins = await admin.does("[For admins]")
    assert of_admins == await admin.does("/roleshift help admins")
    for word in ("`announce`", "`admins [", "`audit`", "`lead [on|off]`", "literacy", "`reported`"):
        assert word in of_admins
    assert {line.partition(" ")[0] for line in (*named, *others)} <= NOUNS.verbs.keys()
