"""A small catalogue for golden files, so that they don't change with the real content."""

from typing import Any, TypeVar

from pydantic import BaseModel

from bot.core import content_types as content
from bot.core.catalog import Catalog
from bot.core.labs import Lab
from bot.core.projects import Again, HalfWay, Kept, Project, Step

M = TypeVar("M", bound=BaseModel)

SPEED = content.Theme(
    slug="speed-matters",
    origin="source",
    name="Speed Matters",
    in_short="Put it in front of people this week.",
    lines=("Models replace months of work overnight", "Teams adapt or fall behind"),
)
PRODUCT = content.Theme(
    slug="product-first-mindset",
    origin="source",
    name="Product-First Mindset",
    in_short="Start from the screen and work back.",
    lines=("UI and UX become central",),
)


def skill(slug: str, name: str, theme: content.Theme, source_line: str | None = None) -> content.Skill:
    tips = tuple(
        content.Tip(
            id=f"{slug}-{number}",
            title=f"Put a price on {what}",
            do=("Take one feature.", f"Log the tokens of {what} for a day."),
            done_when="you can say what it costs without looking it up.",
            minutes=15,
        )
        for number, what in enumerate(("one answer", "one customer"), start=1)
    )
    return content.Skill(
        slug=slug,
        origin="source" if source_line else "extension",
        name=name,
        theme=theme.slug,
        source_line=source_line,
        why="A bill nobody watched is the new outage.",
        looks_like=content.LooksLike(
            aware="You can find the bill.", working="It has an owner.", teaching="Others ask you."
        ),
        first_exercise="Open the usage page and write down the three most expensive calls.",
        mistakes=("Watching the monthly total", "Counting requests & not tokens"),
        tips=tips,
        checks=(_check(slug),),
    )


def _check(slug: str) -> content.Check:
    return content.Check(
        id=f"{slug}-bill",
        ask="The price of a call fell by half, yet the bill rose. What do you look at first?",
        options=(
            content.Option(text="The tokens per call & their price", because="Then a call would cost more than half."),
            content.Option(
                text="The calls per finished job", because="If more answers miss, people ask again.", right=True
            ),
            content.Option(text="The other features", because="Worth ruling out, but less likely."),
        ),
    )


COSTS = skill("token-costs", "Token usage and costs", SPEED, "Token usage and costs")
SPIKES = skill("cost-spikes", "Catch cost spikes early", SPEED, "Model costs spike unexpectedly")
QUALITY = skill("quality", "Model response quality", PRODUCT)

DEVOPS = content.Role(
    slug="devops-engineer",
    origin="source",
    name="DevOps Engineer",
    becomes="AI Platform Enabler",
    before="Deploy and monitor services",
    after="Keep AI systems running",
    new_challenges=("Model costs spike unexpectedly",),
    what_they_monitor_now=("Token usage and costs", "Model response quality"),
    skills=("token-costs", "cost-spikes", "quality"),
    shares=(content.Share(role="software-engineer", skill="quality", ask="Which answers do users send back?"),),
)
SOFTWARE = content.Role(
    slug="software-engineer",
    origin="source",
    name="Software Engineer",
    becomes="AI Application Builder",
    before="Built web apps",
    after="Ships AI products or features",
    core_skills=("Handle streaming responses",),
    what_changed=("Built forms",),
    why_they_win=("Understand users and AI", "Move fast without breaking things"),
    skills=("quality",),
)

ONE_LOG = content.ChallengeTemplate(
    slug="one-log",
    origin="extension",
    name="Read one log aloud",
    theme=SPEED.slug,
    skill="token-costs",
    do="Open yesterday's log of one AI feature & read the longest request aloud to each other.",
    done_when="you can name the line that cost the most.",
    minutes=30,
    evidence="Which line was it?",
)

LOGS = content.Need(slug="logs", origin="extension", name="The feature's logs", says="I may read & search its logs.")
TEST_SET = content.Need(slug="test-set", origin="extension", name="A test set", says="I have ten saved inputs.")

THANKS = content.Reply(
    slug="thanks", origin="extension", says="You're welcome.", asks=("thanks", "thank you", "many thanks"),
    buttons=(content.ReplyButton(label="A tip now", types="tip"),),
)  # fmt: skip
DISTRESS = content.Reply(
    slug="distress", origin="extension", says="I am sorry. Talk to somebody today.", about=content.ReplyAbout.DISTRESS,
    asks=("I can't go on", "I want to die", "I see no way out"),
)  # fmt: skip
JOB = content.Reply(
    slug="job-safe", origin="extension", says="Nobody can promise you a job, and I won't.",
    about=content.ReplyAbout.CAREER, asks=("is my job safe", "will AI take my job", "will I be replaced"),
    buttons=(content.ReplyButton(label="A tip for my work", types="tip"),),
)  # fmt: skip
COST_LAB = Lab(
    slug="cost",
    origin="extension",
    name="Price one answer & its tries",
    skill="token-costs",
    lends=("logs",),
    minutes=20,
    text="A table of {calls} calls. A million tokens cost 2.00 euros.",
    ask="What did one answer cost, in cents?",
    units=("cents", "cent"),
    mistakes={"failed": "You left out the calls that failed."},
    right="The bill is {bill} cents. Failed calls stand on it, too.",
)
SORT_LAB = Lab(
    slug="failures",
    origin="extension",
    name="Find the bad answers",
    skill="quality",
    lends=("test-set",),
    minutes=30,
    text="Three answers, with the passages that they were given.",
    ask="Which answers does the passage not support?",
    units=("rows", "row"),
    faults={"number": "A number is not the one of the passage."},
    decoys={"edge": "On the last day the rule still holds."},
    right="Sort them by what is wrong.",
)


def _step(number: int, title: str, makes: str, **more: Any) -> Step:
    return Step(
        id=f"cost-page-{number}",
        title=title,
        skill="token-costs",
        minutes=20,
        why="You get one number & can show it.",
        called="unit economics; cost per request",
        makes=makes,
        kit="SELECT cost FROM calls WHERE day < '…';",
        do=("Open one request of today.", "Multiply its tokens by their prices <in cents>."),
        done_when="the page shows it.",
        small="Write down the two prices.",
        small_done_when="both prices stand on the page.",
        before="Nobody knew & nobody asked.",
        after="One answer costs 2 cents.",
        **more,
    )


COST_PAGE = Project(
    slug="cost-page",
    origin="extension",
    name="Stop a surprise AI bill",
    outcome="The price of one answer & a limit that was tried.",
    why="A loop can spend a month's money in one night.",
    source_lines=("Model costs spike unexpectedly", "Token usage and costs"),
    theme=SPEED.slug,
    skills=("token-costs", "cost-spikes"),
    needs=("logs",),
    ask_for={"logs": "Hello, may I read the log <of last week>?"},
    without={"logs": "lab cost", "test-set": "ten questions from tickets"},
    keeps=Kept(name="the cost page", start="Feature | day | cost"),
    half_way=HalfWay(after=2, says="You know the price & its largest part."),
    done_when="somebody else has read the page.",
    show="Show the page in your next meeting.",
    ask="What does one answer cost?",
    again=Again(after_weeks=8, minutes=10, do="Write today's price under the old one."),
    before="The bill was 2,500 euros & nobody knew for what.",
    after="One answer costs 2 cents.",
    steps=(
        _step(1, "Put a price on one answer", "the price of one answer"),
        _step(2, "Find the largest part", "the cost by purpose", uses="the price of one answer", needs=("test-set",)),
        _step(
            3, "Let a colleague read it", "a page that was read", uses="the cost by purpose", needs=("test-set",),
            free="Read it yourself tomorrow morning.",
        ),
        _step(4, "Ask for a limit", "a limit", uses="the price of one answer", extra=True),
    ),
)  # fmt: skip
TEST_SET_PROJECT = COST_PAGE.model_copy(
    update={
        "slug": "guard-a-prompt",
        "name": "Guard a prompt with tests",
        "source_lines": (),
        "theme": PRODUCT.slug,
        "needs": (),
        "steps": tuple(
            step.model_copy(update={"id": step.id.replace("cost-page", "guard")}) for step in COST_PAGE.steps[:3]
        ),
    }
)

SMALL = Catalog(
    themes={theme.slug: theme for theme in (SPEED, PRODUCT)},
    mottos=(
        content.Motto(slug="ship", origin="source", emoji="🚀", text="Ship first, optimise later", theme=SPEED.slug),
        content.Motto(slug="prompts", origin="source", emoji="📝", text="Prompts beat algorithms", theme=PRODUCT.slug),
    ),
    boundaries=(
        content.Boundary(
            slug="roles",
            origin="source",
            name="AI Engineering Roles",
            intro="Job descriptions mean nothing now",
            lines=("Product managers write prompts", "DevOps teams handle model inference"),
        ),
    ),
    roles={role.slug: role for role in (DEVOPS, SOFTWARE)},
    skills={skill.slug: skill for skill in (COSTS, SPIKES, QUALITY)},
    challenges={ONE_LOG.slug: ONE_LOG},
    projects={project.slug: project for project in (COST_PAGE, TEST_SET_PROJECT)},
    needs={need.slug: need for need in (LOGS, TEST_SET)},
    labs={lab.slug: lab for lab in (COST_LAB, SORT_LAB)},
    replies=(THANKS, DISTRESS, JOB),
)

SLUGS = {"types", "needs", "slug", "id", "theme", "role", "skill", "skills", "origin", "emoji"}


def with_texts(part: M, text: str) -> M:
    """Return an entry with every text that people read replaced. Slugs stay."""
    return part.model_copy(update={name: _replaced(name, value, text) for name, value in part})


def _replaced(name: str, value: Any, text: str) -> Any:
    if isinstance(value, BaseModel):
        return with_texts(value, text)
    if isinstance(value, tuple):
        return tuple(_replaced(name, each, text) for each in value)
    return text if isinstance(value, str) and name not in SLUGS else value


def catalog_of(text: str) -> Catalog:
    return Catalog(
        themes={slug: with_texts(theme, text) for slug, theme in SMALL.themes.items()},
        mottos=tuple(with_texts(motto, text) for motto in SMALL.mottos),
        boundaries=tuple(with_texts(boundary, text) for boundary in SMALL.boundaries),
        roles={slug: with_texts(role, text) for slug, role in SMALL.roles.items()},
        skills={slug: with_texts(each, text) for slug, each in SMALL.skills.items()},
        challenges={slug: with_texts(template, text) for slug, template in SMALL.challenges.items()},
        projects={slug: with_texts(project, text) for slug, project in SMALL.projects.items()},
        needs={slug: with_texts(need, text) for slug, need in SMALL.needs.items()},
        labs={slug: with_texts(lab, text) for slug, lab in SMALL.labs.items()},
        replies=tuple(with_texts(reply, text) for reply in SMALL.replies),
    )
