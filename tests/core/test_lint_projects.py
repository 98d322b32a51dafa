"""The bar for projects: their shape, what one step hands to the next, and their words."""

import pytest

from bot.core.lint.tasks import project_findings
from bot.core.lint.texts import texts_of, word_findings
from bot.core.projects import Project
from tests.core.passing import PROJECT, passing, project

Where = tuple[str | int, ...]
STEPS = PROJECT["steps"]
LONG = "Write nine plain words here, and then write even more of them than anybody would read."
# What is changed, at which place, where the mistake is found, and what is said.
BAD: list[tuple[Where, object, Where, str]] = [
    (("name",), "Know what each answer of our feature really costs", ("name",), "`name`: 9 words; write 8 at most"),
    (("why",), " ".join(["word"] * 21), ("why",), "`why`: 21 words; write 20 at most"),
    (("steps", 0, "title"), "Put a price on one of your real answers", ("steps", 0, "title"), "9 words; write 8"),
    (("steps", 0, "small"), LONG, ("steps", 0, "small"), "16 words; write 14 at most"),
    (("steps", 0, "do"), [LONG] * 4, ("steps", 0, "do"), "with the title, `why` and `done_when`; write 80 at most"),
    (("steps", 0, "minutes"), 25, ("steps", 0, "minutes"), "25; a first step takes 20 at most"),
    (("steps", 0, "extra"), True, ("steps",), "only the last step may be one"),
    (("steps", 0, "done_when"), "it is open.", ("steps", 0, "done_when"), "too short to fail"),
    (("steps", 0, "needs"), ["partner"], ("steps", 0, "needs"), "say in `free:` what who lacks 'partner' does"),
    (("steps", 1, "uses"), None, ("steps", 1), "name what an earlier step makes"),
    (("steps", 1, "uses"), "the bill", ("steps", 1, "uses"), "no earlier step makes 'the bill'"),
    (("steps", 2, "needs"), [], ("steps",), "nobody else appears"),
    (("steps", 2, "makes"), "you know the price", ("steps", 2, "makes"), "name a thing that somebody could open"),
    (("half_way", "after"), 3, ("half_way", "after"), "is the end"),
    (("without",), {}, ("needs", 0), "say in `without:` what who lacks 'logs' does"),
    (("again", "uses"), "the bill", ("again", "uses"), "no step makes 'the bill'"),
    (("steps",), [*STEPS, *({**STEPS[1], "id": f"x{n}"} for n in range(3))], ("steps",), "6 lead to the end"),
    (
        ("steps", 2, "done_when"),
        "the largest part is in a ticket for the team.",
        ("steps", 2, "done_when"),
        "the last step ends in a ticket",
    ),
]


@pytest.mark.parametrize(("index", "said"), [(0, "its message has"), (1, "its message has")])
def test_what_stands_beside_a_step_in_its_message_counts_too(index: int, said: str) -> None:
    texts = {"do": [" ".join(["word"] * 18)] * 4, "done_when": "the page has it.", "why": " ".join(["why"] * 8)}
    steps = [{**step, **(texts if number == index else {})} for number, step in enumerate(STEPS)]
    steps[0]["makes"] = steps[1]["uses"] = " ".join(["thing"] * 8)
    changed = {"outcome": " ".join(["page"] * 20), "name": " ".join(["cost"] * 5), "steps": steps}
    again = {**PROJECT["again"], "uses": None}
    found = list(project_findings(passing(projects=(Project.model_validate({**PROJECT, **changed, "again": again}),))))
    assert any(finding.text.startswith(f"`do`: {said}") for finding in found), found


def test_a_good_project_passes() -> None:
    catalog = passing(projects=(project(),))
    assert list(project_findings(catalog)) == []
    assert [finding for text in texts_of(catalog) for finding in word_findings(text)] == []


@pytest.mark.parametrize(("changed", "value", "where", "said"), BAD)
def test_a_bad_project_is_found_at_its_key(changed: Where, value: object, where: Where, said: str) -> None:
    found = [
        each for each in project_findings(passing(projects=(project(*changed, value=value),))) if said in each.text
    ]
    assert [each.where for each in found] == [where]


def test_an_early_step_may_end_in_a_ticket_that_the_next_one_does() -> None:
    ticket = "the largest part is in a ticket for the team."
    assert list(project_findings(passing(projects=(project("steps", 1, "done_when", value=ticket),)))) == []
    elsewhere = [STEPS[0], {**STEPS[1], "done_when": ticket}, {**STEPS[2], "uses": "the price"}]
    (finding,) = project_findings(passing(projects=(project("steps", value=elsewhere),)))
    assert finding.where == ("steps", 1, "done_when")


def test_a_project_that_no_role_lists_reaches_nobody() -> None:
    catalog = passing(projects=(project(),))
    catalog.roles.clear()  # type: ignore[attr-defined]
    (finding,) = project_findings(catalog)
    assert "is in no role's `projects:`" in finding.text
