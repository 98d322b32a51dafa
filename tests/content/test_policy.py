"""What a team allows: read strictly, answered in plain words, and kept out of everybody's tips."""

from pathlib import Path

import pytest

from bot.author.skeleton import skeleton
from bot.content.library import ContentError, load
from bot.core.catalog import Policy
from bot.core.errors import Unclear, UserError
from bot.core.next_tip import choose_tip
from bot.slack.team import content
from tests.content.folder import FILES, Changed, edited, write
from tests.content.own_pack import pack
from tests.records import record_of

POLICY = """\
contact: "#ask-security"
tools:
  - {id: team-assistant, name: Team assistant, aliases: [chatbot], note: Use your work account.}
  - {id: code-helper, name: Code helper}
data:
  - {id: public, name: Public information, may_go: [team-assistant, code-helper]}
  - {id: customer-data, name: Customer data, aliases: [personal data], note: Make up a customer.}
forbids: [logs]
"""


def policy_of(tmp_path: Path, text: str = POLICY) -> Policy:
    policy = load(write(tmp_path), [pack(tmp_path, {"policy.yaml": text})]).policy
    assert policy is not None
    return policy


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("chatbot", "*Team assistant* is an approved tool. Into it may go: Public information."),
        ("Code-Helper", "*Code helper* is an approved tool. Into it may go: Public information."),
        ("public informatoin", "*Public information* may go into: Team assistant, Code helper."),
        ("personal data", "*Customer data* may not go into any AI tool."),
    ],
)
def test_a_tool_or_a_kind_of_data_is_found_by_its_names(tmp_path: Path, typed: str, said: str) -> None:
    policy = policy_of(tmp_path)
    assert content.allowed_entry(policy, policy.named(typed)).text == said


def test_what_is_not_listed_is_not_allowed_and_the_answer_says_whom_to_ask(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"^`gossip` is not on the list, so take it as not allowed\. Ask #ask-security first\.$"
    ):
        policy_of(tmp_path).named("gossip")
    with pytest.raises(UserError, match="Ask before you use it"):
        policy_of(tmp_path, POLICY.removeprefix('contact: "#ask-security"\n')).named("gossip")


def test_several_that_fit_are_asked_about(tmp_path: Path) -> None:
    text = POLICY.replace("name: Code helper", "name: Code assistant")
    with pytest.raises(Unclear) as unclear:
        policy_of(tmp_path, text).named("assistant")
    assert unclear.value.choices == (("Team assistant", "team-assistant"), ("Code assistant", "code-helper"))


def test_everything_is_listed_with_where_it_may_go(tmp_path: Path) -> None:
    tools, data, footer = (str(block) for block in content.whole_policy(policy_of(tmp_path)).blocks)
    assert "• *Team assistant*: Use your work account." in tools
    assert "• *Public information* → Team assistant, Code helper" in data
    assert "• *Customer data*: Make up a customer. → nowhere" in data
    assert "What is not listed is not allowed. Ask #ask-security first." in footer


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("may_go: [team-assistant, code", "may_go: [team-asistant, code", "6:53 unknown tool 'team-asistant'"),
        ("forbids: [logs]", "forbids: [log]", "8:11 unknown need 'log'"),
        ("name: Code helper", "name: Team Assistant", "4:5 the name 'Team Assistant' is taken"),
        ("aliases: [personal data]", "aliases: [chat-bot, chatbot]", "7:5 the name 'chatbot' is taken"),
        ("forbids:", "forbid:", "8:1 unknown key 'forbid'"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert POLICY.count(old) == 1
    with pytest.raises(ContentError) as refused:
        policy_of(tmp_path, POLICY.replace(old, new))
    assert str(refused.value) == f"ours/policy.yaml:{said}"


def test_a_policy_may_take_all_tips_of_a_skill_only_if_a_project_teaches_it(tmp_path: Path) -> None:
    skill = FILES["skills/first.yaml"].replace("minutes:", "needs: [logs]\n    minutes:")
    needy: Changed = {"skills/first.yaml": skill}
    ours = pack(tmp_path, {"policy.yaml": POLICY})
    with pytest.raises(ContentError, match=r"^ours/policy.yaml:8:1 leaves no tip of the skill 'first'$"):
        load(write(tmp_path, needy), [ours])
    project = skeleton(load(write(tmp_path / "before")), "project", "our-page")
    catalog = load(write(tmp_path, {**needy, "projects/our-page.yaml": project}), [ours])
    assert not any(map(catalog.permits, catalog.lessons_of["first"]))


def test_a_tip_whose_need_is_forbidden_is_not_even_given_to_who_has_it(tmp_path: Path) -> None:
    folder = write(tmp_path, edited("skills/first.yaml", "minutes: 15", "needs: [logs]\n    minutes: 5"))
    free, bound = load(folder), load(folder, [pack(tmp_path, {"policy.yaml": POLICY})])
    for catalog, wanted in ((bound, "first-two"), (free, "first-one")):
        assert choose_tip(catalog, record_of(has=["logs"]), about=catalog.skills["first"]).lesson.tip.id == wanted
