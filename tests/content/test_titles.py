"""Real job titles: each finds its role or the menu of roles, and none a wrong role."""

import pytest

from bot.core.catalog import Catalog
from bot.core.errors import UserError
from tests.every import check_every

# Written down before the aliases were checked against it. An empty line means: the menu, as nobody can tell.
TITLES = {
    "data-scientist": """
        Data Scientist; Senior Data Scientist; Lead Data Scientist; Staff Data Scientist; Applied Scientist;
        Research Scientist; Decision Scientist; Data Analyst; Senior Data Analyst; Business Intelligence
        Analyst; Product Analyst; Quantitative Analyst; Statistician""",
    "ml-engineer": """
        ML Engineer; Senior ML Engineer; Machine Learning Engineer; Senior Machine Learning Engineer; MLOps
        Engineer; Deep Learning Engineer; NLP Engineer; Computer Vision Engineer; LLM Engineer; Prompt
        Engineer; Machine Learning Platform Engineer""",
    "software-engineer": """
        Software Engineer; Senior Software Engineer; Staff Software Engineer; Principal Software Engineer;
        Software Developer; Full Stack Developer; Full-Stack Engineer; Fullstack Developer; Web Developer;
        Application Developer; Software Architect; SWE; Programmer""",
    "devops-engineer": """
        DevOps Engineer; Senior DevOps Engineer; Site Reliability Engineer; SRE; Platform Engineer; Cloud
        Engineer; Cloud Architect; Infrastructure Engineer; Systems Administrator; System Administrator;
        Release Manager; Network Engineer""",
    "product-manager": """
        Product Manager; Senior Product Manager; Group Product Manager; Principal Product Manager; Technical
        Product Manager; AI Product Manager; Product Owner; Head of Product; Product Director; VP of Product;
        Business Analyst; PM""",
    "backend-engineer": """
        Backend Engineer; Senior Backend Engineer; Backend Developer; Back-End Developer; API Developer;
        Integration Engineer; Database Administrator; DBA; Database Engineer""",
    "frontend-engineer": """
        Frontend Engineer; Front-end Developer; Senior Frontend Developer; UI Developer; UI Engineer; iOS
        Developer; Android Developer; Mobile Developer; Mobile Engineer""",
    "qa-engineer": """
        QA Engineer; Senior QA Engineer; QA Analyst; QA Lead; Software Tester; Test Engineer; Test Automation
        Engineer; SDET; Quality Assurance Engineer; Security Engineer; Penetration Tester""",
    "designer": """
        Designer; Product Designer; Senior Product Designer; UX Designer; UI/UX Designer; UX Researcher; UX
        Writer; Content Designer; Service Designer; Interaction Designer""",
    "engineering-manager": """
        Engineering Manager; Senior Engineering Manager; Director of Engineering; VP of Engineering; Head of
        Engineering; CTO; Team Lead; Tech Lead; IT Manager; Delivery Manager""",
    "everyone": """
        Scrum Master; Project Manager; Program Manager; Technical Writer; Customer Success Manager; Recruiter;
        Marketing Manager; Consultant; Founder""",
    "": """
        Nurse; Electrician; Architect of Happiness; Barista; Chief of Staff; Pastry Chef; Astronaut; Manager""",
}
EVERY = [(title.strip(), role) for role, titles in TITLES.items() for title in titles.split(";")]


def test_the_table_has_a_hundred_and_twenty_titles() -> None:
    assert len({title for title, _ in EVERY}) == len(EVERY) >= 120


def test_a_title_finds_its_role_or_the_menu(catalog: Catalog) -> None:
    def check(case: tuple[str, str]) -> None:
        title, role = case
        if role:
            assert catalog.role_named(title).slug == role
            return
        with pytest.raises(UserError) as refused:
            catalog.role_named(title)
        assert "Did you mean" not in str(refused.value)

    check_every(EVERY, check)
