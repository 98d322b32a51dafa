"""The bar beyond single words: shape, minutes, near-duplicates, what reaches nobody, and a year of tips."""

from dataclasses import replace

import pytest

from bot.core.catalog import Catalog
from bot.core.lint import tasks
from bot.core.lint.tasks import coverage_findings, project_findings, similar_findings, task_findings, year_findings
from bot.core.lint.texts import Text, TextKind, texts_of, word_findings
from bot.core.projects import Project
from tests.core.passing import CHECKS, PROJECT, SKILL, TIPS, challenge, passing, project, skill
from tests.every import check_every
from tests.made_up import made_up

Where = tuple[str | int, ...]
Row = tuple[Where, object, str, *tuple[Where, ...]]  # what is changed where, what is said, and where, if elsewhere
BAD = [
    ("Consider a smaller model.", "Consider", TextKind.TASK),
    ("Familiarise yourself with tokens.", "Familiarise", TextKind.TASK),
    ("Leverage the model.", "Leverage", TextKind.PROSE),
    ("A game-changer for teams.", "game-changer", TextKind.PROSE),
    ("Because: this is best practice.", "best practice", TextKind.PROSE),
    ("Ask ChatGPT.", "ChatGPT", TextKind.TASK),
    ("Run it on GPT-4o and compare.", "GPT-4o", TextKind.COPY),
    ("Put them into Excel.", "Excel", TextKind.TASK),
    ("Answers come 3 \u00d7 faster.", "3 \u00d7 faster", TextKind.PROSE),
    ("You ship 40 % faster.", "40 % faster", TextKind.TASK),
    ("80 % of teams skip this.", "80 % of teams", TextKind.PROSE),
    ("Studies show that it helps.", "Studies show", TextKind.PROSE),
    ("Nine out of ten companies fail at it.", "Nine out of ten companies fail", TextKind.PROSE),
    ("Mend what broke.", "Mend", TextKind.TASK),
    ("Act upon it.", "upon", TextKind.SITUATION),
    ("Optimize the prompt.", "Optimize", TextKind.TASK),
    ("Ship it!", "!", TextKind.PROSE),
    ("Run `make`.", "`", TextKind.TASK),
    ("See https://example.org/a for more.", "https://example.org/a", TextKind.PROSE),
    ("Two  spaces.", "  ", TextKind.PROSE),
    ("Ship it \U0001f680.", "\U0001f680", TextKind.PROSE),
    ("Zero\u200bwidth.", "\u200b", TextKind.COPY),
]
GOOD = [
    ("Sort yesterday's requests by input tokens.", TextKind.TASK),
    ("You consider both, and the sum decides.", TextKind.PROSE),  # only tasks must name what the hands do
    ("Write three inputs that it should not simply answer.", TextKind.TASK),
    ("The journal of the build names the step.", TextKind.PROSE),
    ("Click where the cursor stands.", TextKind.TASK),
    ("Excel at one thing.", TextKind.PROSE),  # a verb, at the beginning of a sentence
    ("Two teams read one word in two ways.", TextKind.PROSE),
    ("The second run took 3 times as long in your own log.", TextKind.PROSE),
    ("The printed prices are within 5 % of the usage record.", TextKind.TASK),
    ("80 % of users press the thumb. What do you read first?", TextKind.SITUATION),  # made up, as situations are
    ("Answers: 40 % faster, 2 of 20 wrong", TextKind.COPY),  # made-up numbers of a worked example
    ("Fix it while the range is small.", TextKind.TASK),  # `rang` and `range`
    ("The recommendation depends on it.", TextKind.PROSE),  # `mend` in a longer word
    ("The colour of the centre.", TextKind.PROSE),
    ("| a_b | `c` |!", TextKind.COPY),
    ("Engineers who leverage cutting-edge AI win!", TextKind.QUOTED),  # the source's own line
]


COUNT = "Count the tokens of one answer by hand."
LONG = "Count " + "the tokens of one " * 4 + "long answer."  # 19 words


def test_the_passing_catalogue_passes_every_rule_except_its_length() -> None:
    faults = tasks.findings(passing(projects=(project(),)))
    assert [each.text for each in faults if "has no new tip to do" not in each.text] == []


GOOD_TIPS = [
    ("done_when", "the note says what you would tell a colleague."),
    ("done_when", "each row names a person who approves, or a ticket."),
    ("done_when", "two counts are agreed with you alone in the room."),
    ("done_when", "API costs of five calls stand in a note."),
    ("do", ["Count the tokens.", "Write down the sum as you would explain it to a colleague."]),
    ("done_when", "the query is saved where you find it next week."),
    ("done_when", "the branch is green, and the cheaper prompt is in it."),
    ("do", [LONG, LONG, COUNT]),
]


@pytest.mark.parametrize(("key", "value"), GOOD_TIPS)
def test_a_good_neighbour_of_a_bad_tip_is_not_found(key: str, value: object) -> None:
    assert list(task_findings(passing(skill("tips", 0, key, value=value)))) == []


STEPS = ["Paste a question into five chats.", "Lay them side by side."]
DIFFERENT = TIPS[0] | {"id": "x", "title": "Ask five times", "do": STEPS, "done_when": "all differ."}


def test_a_tip_that_nearly_repeats_another_skills_tip_is_found_at_the_second() -> None:
    copy = {**TIPS[0], "id": "price-again", "title": "Price one answer of yours"}
    other = skill(of={**SKILL, "slug": "spikes", "tips": [copy, DIFFERENT]})
    (finding,) = similar_findings(passing(skill(), other))
    assert (finding.item, finding.where) == (other, ("tips", 0, "do"))
    assert finding.text.startswith("'price-again' says nearly the same as 'price-by-hand' (")


def test_what_reaches_nobody_is_found() -> None:
    lonely = skill(of={**SKILL, "slug": "spikes", "needs_skills": ["costs"], "tips": [TIPS[0], TIPS[3]]})
    catalog = passing(lonely, skill("tips", value=[TIPS[0], TIPS[3]]), path=("spikes",))
    assert [each.text for each in coverage_findings(catalog)] == [
        "need 'logs' is used by no tip; use it or delete it",
        "need 'partner' is used by no tip; use it or delete it",
        "skill 'costs' is needed, but taught on no path",
        "skill 'costs' is on no path; add it to `skills:` of a role",
        "no challenge is about a skill of 'tester'; write one",
    ]


def test_a_single_tip_that_is_for_other_roles_is_found() -> None:
    catalog = passing(skill("tips", 0, "roles", value=["baker"]))
    role = catalog.roles["tester"].model_copy(update={"singles": ("ten-longest", "price-by-hand")})
    found = coverage_findings(replace(catalog, roles={"tester": role}))
    assert [each.where for each in found] == [("singles", 1)]


def test_a_theme_without_a_skill_and_without_a_challenge_is_found_twice() -> None:
    catalog = made_up()
    assert [each.text for each in coverage_findings(catalog) if "theme" in each.text] == [
        f"theme {slug!r} has no challenge; write one" for slug in catalog.themes
    ]


def test_a_year_of_enough_tips_has_no_finding() -> None:
    assert list(year_findings(made_up())) == []


def test_a_role_whose_members_run_out_of_tips_is_found_with_the_need_that_they_lack() -> None:
    catalog = made_up(tips=4)  # 15 skills, so 60 tips: enough for a year only for somebody who has every need
    findings = list(year_findings(catalog))
    said = {(each.item and each.item.slug, each.text) for each in findings}
    without_logs = "a member of role 'tester' who lacks 'logs' has no new tip to do after 45 weeks"
    assert ("tester", f"{without_logs}; write tips until a year of 52 has its own each") in said
    assert {role for role, _ in said} == {None, *catalog.roles}
    assert {each.where for each in findings} == {("skills",)}
    assert not [text for _, text in said if "who lacks" not in text]


# The words that no content may hold.


@pytest.mark.parametrize(("words", "named", "kind"), BAD, ids=[words for words, *_ in BAD])
def test_a_bad_example_is_found_once_and_its_words_are_named(words: str, named: str, kind: TextKind) -> None:
    (flaw,) = word_findings(Text(skill(), ("why",), words, kind))
    assert flaw.text.startswith(f'`why`: "{named.strip()}" ')
    assert ";" in flaw.text, "it says what to write instead"


@pytest.mark.parametrize(("words", "kind"), GOOD, ids=[words for words, _ in GOOD])
def test_a_good_neighbour_is_not_found(words: str, kind: TextKind) -> None:
    assert list(word_findings(Text(skill(), ("why",), words, kind))) == []


def test_every_text_that_a_member_reads_is_walked_with_its_place_and_kind() -> None:
    form, quoted = skill("template", value="a form"), skill("origin", value="source")
    kinds, of_source = (
        {text.where: text.kind for text in texts_of(passing(item)) if text.item is item} for item in (form, quoted)
    )
    assert kinds[("tips", 1, "do", 0)] is kinds[("first_exercise",)] is TextKind.TASK
    assert kinds[("checks", 0, "options", 2, "because")] is kinds[("looks_like", "aware")] is TextKind.PROSE
    assert kinds[("checks", 0, "options", 2, "text")] is TextKind.SITUATION
    assert kinds[("template",)] is TextKind.COPY
    assert not {where for where in kinds if where[0] in {"asks", "theme", "slug"}}, "these are not sentences"
    assert (of_source[("name",)], of_source[("why",)]) == (TextKind.QUOTED, TextKind.PROSE), "what was added is not"


# The shape and the words of tips, challenges and projects, and what one step hands to the next.


PARTS = PROJECT["steps"]
WORDY = "Write nine plain words here, and then write even more of them than anybody would read."
TICKET = "the largest part is in a ticket for the team."
NOT_THE_NEXT = [PARTS[0], {**PARTS[1], "done_when": TICKET}, {**PARTS[2], "uses": "the price"}]
SIX = [*PARTS, *({**PARTS[1], "id": f"x{n}"} for n in range(3))]


@pytest.mark.parametrize("index", [0, 1])
def test_what_stands_beside_a_step_in_its_message_counts_too(index: int) -> None:
    texts = {"do": [" ".join(["word"] * 18)] * 4, "done_when": "the page has it.", "why": " ".join(["why"] * 8)}
    steps = [{**step, **(texts if number == index else {})} for number, step in enumerate(PARTS)]
    steps[0]["makes"] = steps[1]["uses"] = " ".join(["thing"] * 8)
    changed = {"outcome": " ".join(["page"] * 20), "name": " ".join(["cost"] * 5), "steps": steps}
    again = {**PROJECT["again"], "uses": None}
    found = list(project_findings(passing(projects=(Project.model_validate({**PROJECT, **changed, "again": again}),))))
    assert any(finding.text.startswith("`do`: its message has") for finding in found), found


TIP = ("tips", 0)
BECAUSE = [{**option, "because": "No."} for option in CHECKS[0]["options"]]
BAD_SKILLS: list[Row] = [
    ((*TIP, "title"), "put a price on it", "`title`: begin with a capital"),
    ((*TIP, "title"), "Put a price on it.", "`title`: begin with a capital and end without a full stop"),
    ((*TIP, "own_work"), None, "`own_work`: say if"),
    ((*TIP, "pair"), "tester", "`pair`: is done with a colleague; add `partner` to `needs`"),
    ((*TIP, "proves"), "you have a price", "`proves`: write a whole sentence"),
    ((*TIP, "minutes"), 17, "`minutes`: 17; write a multiple of 5"),
    ((*TIP, "done_when"), "The sum stands in a note today.", "`done_when`: complete"),
    ((*TIP, "done_when"), "you understand what your bill is made of.", "`done_when`: can't fail"),
    ((*TIP, "done_when"), "it is open.", "`done_when`: too short to fail"),
    ((*TIP, "done_when"), "a colleague has approved the sum in your note.", '"a colleague has" depends on somebody'),
    ((*TIP, "done_when"), "the sum was reviewed by the team that pays.", '"reviewed by " depends on somebody else'),
    ((*TIP, "done_when"), "somebody else can name the sum without asking.", '"somebody else can" depends on'),
    ((*TIP, "done_when"), "the alert stayed silent for a week with real traffic.", '"for a week" takes longer than 20'),
    ((*TIP, "done_when"), "the alert came the next morning, to the right person.", '"the next morning" takes longer'),
    ((*TIP, "done_when"), "the cheaper prompt is merged, with its tests.", 'few for "is merged"', (*TIP, "minutes")),
    ((*TIP, "do", 1), "open the page", "`do`: write whole sentences"),
    ((*TIP, "do", 1), f"Then {LONG[:-1]} once more.", "`do`: 22 words; write 20 at most"),
    ((*TIP, "do"), [LONG] * 3, "`do`: 73 words with the title and `done_when`; write 72 at most"),
    ((*TIP, "do"), [COUNT, "Ask a colleague what it costs."], '`do`: "Ask a colleague" depends on somebody'),
    (("tips", 2, "minutes"), 10, '`minutes`: 10 are too few for "your colleague has"; allow 20 or more'),
    (("tips",), TIPS[:3], "`tips`: 3 of them; write 4 or more"),
    (("tips",), [{**tip, "needs": ["partner"]} for tip in TIPS], "`tips`: each has `needs`"),
    (("tips",), [{**tip, "minutes": 60} for tip in TIPS], "write more than most tips of its skill take", ("minutes",)),
    (("checks",), CHECKS[:1], "`checks`: 1 of them; write 2 or more"),
    (("asks",), [], "`asks`: none"),
    (("checks", 0, "ask"), "The bill doubled.", "`ask`: end the situation with a question"),
    (("checks", 0, "options", 1, "text"), "All of the above", "`text`: write an answer of its own"),
    (("checks", 0, "options"), BECAUSE, "`because`: two options have the same"),
]
BAD_CHALLENGES: list[Row] = [
    (("minutes",), 95, "`minutes`: 95; a challenge takes 30 to 90"),
    (("do",), "Print what it cost. " * 23 + "Then stop.", "`do`: 470 characters; write less than 450"),
    (("evidence",), "What did you learn? Was it good?", "`evidence`: write one question"),
    (("name",), "print the price", "`name`: begin with a capital"),
]
BAD_PROJECTS: list[Row] = [
    (("name",), "Know what each answer of our feature really costs", "`name`: 9 words; write 8 at most"),
    (("why",), " ".join(["word"] * 21), "`why`: 21 words; write 20 at most"),
    (("steps", 0, "title"), "Put a price on one of your real answers", "9 words; write 8"),
    (("steps", 0, "small"), f"{WORDY} {WORDY}", "32 words; write 30 at most"),
    (("steps", 0, "do"), [WORDY] * 4, "with the title, `why` and `done_when`; write 80 at most"),
    (("steps", 0, "minutes"), 25, "25; a first step takes 20 at most"),
    (("steps", 0, "extra"), True, "only the last step may be one", ("steps",)),
    (("steps", 0, "done_when"), "it is open.", "too short to fail"),
    (("steps", 0, "needs"), ["partner"], "say in `free:` what who lacks 'partner' does"),
    (("steps", 1, "uses"), None, "name what an earlier step makes", ("steps", 1)),
    (("steps", 1, "uses"), "the bill", "no earlier step makes 'the bill'"),
    (("steps", 2, "needs"), [], "nobody else appears", ("steps",)),
    (("steps", 2, "makes"), "you know the price", "name a thing that somebody could open"),
    (("half_way", "after"), 3, "is the end"),
    (("without",), {}, "say in `without:` what who lacks 'logs' does", ("needs", 0)),
    (("again", "uses"), "the bill", "no step makes 'the bill'"),
    (("steps",), SIX, "6 lead to the end"),
    (("steps", 2, "done_when"), TICKET, "the last step ends in a ticket"),
    (("steps",), NOT_THE_NEXT, "ends in a ticket that the next step does not do", ("steps", 1, "done_when")),
]


def catalog_with(kind: str, place: Where, value: object) -> Catalog:
    match kind:
        case "project":
            return passing(projects=(project(*place, value=value),))
        case "challenge":
            return passing(challenges=(challenge(*place, value=value),))
        case _:
            return passing(skill(*place, value=value))


@pytest.mark.parametrize(
    ("kind", "rows"), [("skill", BAD_SKILLS), ("challenge", BAD_CHALLENGES), ("project", BAD_PROJECTS)]
)
def test_what_is_wrong_is_found_at_its_key(kind: str, rows: list[Row]) -> None:
    def check(row: Row) -> None:
        place, value, said, *elsewhere = row
        catalog = catalog_with(kind, place, value)
        flaws = list(project_findings(catalog) if kind == "project" else task_findings(catalog))
        assert [flaw.where for flaw in flaws if said in flaw.text] == (elsewhere or [place])
        assert len(flaws) == 1 or kind == "project"

    check_every(rows, check)


def test_an_early_step_may_end_in_a_ticket_that_the_next_one_does() -> None:
    assert list(project_findings(passing(projects=(project("steps", 1, "done_when", value=TICKET),)))) == []


def test_a_project_that_no_role_lists_reaches_nobody() -> None:
    catalog = passing(projects=(project(),))
    catalog.roles.clear()  # type: ignore[attr-defined]
    (finding,) = project_findings(catalog)
    assert "is in no role's `projects:`" in finding.text
