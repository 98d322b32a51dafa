"""Projects: the open one, the choice of the next, what there is to copy, and the buttons of a step."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial

from bot.coach import ask, practice, projects
from bot.coach.posts.tips import ChoosePost
from bot.core.catalog import Catalog
from bot.core.next_step import Place, place_in, place_of
from bot.core.next_tip import Reason
from bot.core.practice import MAX_LINE
from bot.core.projects import Project
from bot.core.review import review_text
from bot.slack import show
from bot.slack.blocks import actions, button, code_block, context, listed, lowered, modal, overflow, saying, section
from bot.slack.form import Form, Saved, field, line_in, text_box, text_in
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, Outdated
from bot.slack.request import Request, from_content
from bot.slack.tip import card, clicks
from bot.slack.tip.lines import QUESTION, TEXT
from bot.slack.tip.practice import another_way, said
from bot.slack.tip.ref import Origin, TipRef

BY_WORK, JOB, MAX_JOB = "choose-by-work", "job", 150  # the button and its form; the field, and its characters
OFF, ON = {"off", "stop", "single", "single tips"}, {"on", "again"}  # of projects: only single tips, or not
SINGLES, PROJECTS = ("Only single tips", "project", "off"), ("Projects again", "project", "on")

noun = Noun()


@noun.verb("project [name|on|off]", "See the open step of your project, or choose one.", ("projects",))
async def project(request: Request, words: str) -> Message:
    await request.check_member()
    if words.casefold() == "others":
        return offered(request.catalog, await request.read(projects.others))
    if words.casefold() in OFF | ON:
        wanted = words.casefold() in OFF
        return await request.write(partial(projects.only_singles, wanted=wanted), then=partial(singles, wanted))
    if words:
        first = request.catalog.named("project", request.catalog.projects, words).steps[0].id
        return await said(projects.begin, request, TipRef.asked(first), draw=begun)
    found = await request.read(projects.here)
    if isinstance(found, practice.TipSeen):
        return card.card_of(request.catalog, TipRef.asked(found.lesson.tip.id), found).message()
    return offered(request.catalog, found)


@noun.verb("next", "Go on with your project.")
async def go_on(request: Request, _words: str) -> Message:
    return await project(request, "")


@noun.click(clicks.BEGIN, TipRef.parse)
async def begin(request: Request, ref: TipRef) -> Message:
    return replace(await said(projects.begin, request, ref, draw=begun), replaces=True)


def begun(catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
    """Return the open step, with a button back to the project that was open, or else with another way to do it."""
    ref = ref.at(seen.lesson.tip.id, is_small=True)
    if seen.parks is not None:
        said = f"Your project *{escape(seen.parks.name)}* waits meanwhile."
        noted: tuple[Block, ...] = (section(said, button("Go on with it", "project", seen.parks.slug)),)
    else:
        noted = another_way(catalog, ref, seen)
    return replace(card.card_of(catalog, ref, seen), noted=noted).message()


for _button, _use_case in (
    (clicks.SKIP, projects.skip),
    (clicks.STOP, partial(projects.end, leaves=False)),
    (clicks.LEAVE, partial(projects.end, leaves=True)),
    (clicks.LEARN_ALL, projects.learn),
):
    noun.click(_button, TipRef.parse)(partial(said, _use_case))


@noun.click(clicks.OTHERS, TipRef.parse)
async def others(request: Request, ref: TipRef) -> Message:
    practice.lesson_of(request.catalog, ref.tip)
    return replace(offered(request.catalog, await request.read(projects.others), ref), replaces=True)


def offered(catalog: Catalog, offer: projects.Offer, ref: TipRef | None = None, *, noted: str = "") -> Message:
    """Return the projects to choose from. `ref`: the step in whose message they stand. `noted`: a line above them."""
    here = catalog.project_of.get(ref.tip) if ref else None
    state = offer.record.projects.get(here.slug) if here else None
    leave = [("Leave this project", clicks.LEAVE, ref.value)] if ref and state and state.is_open else []
    choices = ("By my work", BY_WORK, ref.value if ref else ""), *leave
    back = [button("Back", clicks.WHOLE, ref.value)] if ref else []
    singles = PROJECTS if offer.record.member.singles_only else SINGLES
    of_team = offer.record.team_project.project if offer.record.team_project else None
    if offer.record.member.role is None:
        team = catalog.projects.get(of_team or "")
        is_left = team is not None and place_in(team, offer.record) is not None
        own = [button("The team's project", "project", of_team or "")] if is_left else []
        text = "Which role is yours? Then I show you its projects."
        return saying(text, button("Choose my role", "myrole"), *own, *back)
    if not offer.projects:
        text = "There is no other project for your role now. A single tip is always there."
        return saying(text, button("A tip now", "tip"), *back, button(*singles))
    blocks = choice_of(catalog, offer.projects, offer.record.lacks(catalog), ref, of_team)
    above, below = [context(noted)] if noted else [], actions(*back, button(*singles), overflow(*choices))
    return Message("Choose your next project.", [*above, *blocks, below])


def weekly_choice(catalog: Catalog, post: ChoosePost, week: str | None) -> Message:
    ref = TipRef(post.projects[0].steps[0].id, Reason.PROJECT, Origin.WEEKLY, week)
    blocks = choice_of(catalog, post.projects, post.lacks, ref, post.of_team)
    work = "By my work", BY_WORK, ref.value
    stop = overflow(work, ("Change day and time", "choose-time", ""), ("Stop weekly tips", "tips", "off"))
    begins = f"*{escape(post.otherwise.name)}* begins" if post.otherwise else "A single tip comes"
    none = context(f"No choice? {begins} next week.")
    greeting = [section("*Good to see you.*")] if post.is_back else []
    return Message("Choose your next project.", [*greeting, *blocks, none, actions(button(*SINGLES), stop)])


def choice_of(
    catalog: Catalog, offered: tuple[Project, ...], lacks: Collection[str], ref: TipRef | None, of_team: str | None
) -> Iterator[Block]:
    """Yield each project with what it needs, and what it has a way round for, of what the reader lacks."""
    yield section("*Choose your next project*")
    for project in offered:
        first = project.steps[0].id
        begins = ref.at(first) if ref else TipRef.asked(first)
        theme = escape(catalog.themes[project.theme].name)
        theme += " · your team's this month" if project.slug == of_team else ""
        lines = [f"*{escape(project.name)}* · {theme}", f"_Before:_ {escape(project.before)}"]
        names = {need: escape(lowered(catalog.needs[need].name)) for need in project.needs if need in catalog.needs}
        if has := [name for need, name in names.items() if need not in lacks]:
            lines.append(f"_Needs_ {listed(has)}")
        if without := [name for need, name in names.items() if need in lacks]:
            lines.append(f"_Another way without_ {listed(without)}")
        yield section("\n".join(lines), button("Begin", clicks.BEGIN, begins.value))


def singles(wanted: bool, offer: projects.Offer) -> Message:  # noqa: FBT001 - `partial` gives it
    if wanted:
        text = "Only single tips from now on. A project that you began stays where it is."
        return saying(text, button("A tip now", "tip", style="primary"), button(*PROJECTS))
    more = [button("Choose a project", "project", style="primary")] if offer.projects else []
    return saying("Projects come again, one step a week.", *more, button("A tip now", "tip"))


# The job of a member chooses among projects.


def parse_ref(value: str) -> TipRef | None:
    return TipRef.parse(value) if value else None


def job_form(_catalog: Catalog, ref: TipRef | None) -> Form:
    box = text_box(MAX_JOB, example="I answer customers' tickets")
    asked = field(JOB, "What do you write or do each week?", box, hint="Your words are not kept.")
    metadata = ref.value if ref else ""
    return Form(modal("Choose by your work", [asked], form=BY_WORK, metadata=metadata, submit="Look", close="Cancel"))


@noun.form(BY_WORK, parse_ref)
async def choose_by_work(request: Request, ref: TipRef | None, fields: dict[str, str]) -> Saved:
    """Offer the project first that fits a job. Its words stay here. Raise FieldError."""
    skills = await request.hear(ask.skills_for, line_in(fields, JOB, MAX_JOB, needed=True))
    offer = await request.read(projects.others, skills)
    fits = next((project for project in offer.projects[:2] if not set(skills).isdisjoint(project.skills)), None)
    noted = f"*{escape(fits.name)}* fits your work." if fits else "I found none that fits it better than these."
    message = replace(offered(request.catalog, offer, ref, noted=noted), replaces=True)
    return Saved(message, ref.key(request.who) if ref else None)


# What there is to copy.


def kit(catalog: Catalog, ref: TipRef) -> Message:
    """Return the kit of a tip; at the first step of a project, with the empty form of what the project keeps."""
    tip = practice.lesson_of(catalog, ref.tip).tip
    if tip.kit is None:
        raise Outdated
    blocks, at = [section(f"*{escape(tip.title)}*: to copy"), code_block(tip.kit)], place_of(catalog, tip.id)
    if at is not None and at.number == 1:
        keeps = at.project.keeps
        blocks += [section(f"*{escape(keeps.name)}*, still empty"), code_block(keeps.start)]
    review = button("Have it reviewed", clicks.REVIEW, ref.value)
    blocks.append(actions(button("See one done", clicks.SEE_ONE_DONE, ref.value), review))
    return Message(f"{escape(tip.title)}: to copy", blocks, replaces=False)


def to_review(catalog: Catalog, ref: TipRef) -> Message:
    tip = practice.lesson_of(catalog, ref.tip).tip
    title = escape(tip.title)
    how = "Copy this into an assistant that you may use, and add your work without names or secrets. I send nothing."
    blocks = [section(f"*{title}*\n{how}"), code_block(review_text(catalog, tip.id))]
    return Message(f"{title}: a text to copy", blocks, replaces=False)


def parse_request(value: str) -> tuple[str, str]:
    tip, need = value.split(" ")
    return tip, need


def request_for(catalog: Catalog, given: tuple[str, str]) -> Message:
    tip, need = given
    asks = _place(catalog, tip).project.ask_for
    if need not in asks:
        raise Outdated
    name = lowered(catalog.needs[need].name) if need in catalog.needs else need
    said = f"Send this to a colleague who can give you {escape(name)}:"
    return Message(said, [section(said), code_block(asks[need])], replaces=False)


def have_form(catalog: Catalog, ref: TipRef) -> Form:
    hint = "A line or a link. Only you read it; your next step and your record show it."
    line = field(TEXT, QUESTION, text_box(MAX_LINE, multiline=True), hint=hint, optional=True)
    blocks = [section(f"*{escape(_place(catalog, ref.tip).step.makes)}*"), line]
    return Form(modal("I have this", blocks, form=clicks.HAVE, metadata=ref.value, submit="Save", close="Cancel"))


noun.click(BY_WORK, parse_ref)(partial(from_content, job_form))
noun.click(clicks.COPY_KIT, TipRef.parse)(partial(from_content, kit))
noun.click(clicks.REVIEW, TipRef.parse)(partial(from_content, to_review))
noun.click(clicks.COPY_REQUEST, parse_request)(partial(from_content, request_for))
noun.click(clicks.HAVE, TipRef.parse)(partial(from_content, have_form))


@noun.form(clicks.HAVE, TipRef.parse)
async def save_have(request: Request, ref: TipRef, fields: dict[str, str]) -> Saved:
    line = text_in(fields, TEXT, MAX_LINE)
    return Saved(await said(projects.had, request, ref, line), ref.key(request.who))


@noun.click(clicks.SHOW, TipRef.parse)
async def show_at_the_end(request: Request, ref: TipRef) -> Form:
    return await show.open_form(request, _place(request.catalog, ref.tip).project, "")


def _place(catalog: Catalog, tip: str) -> Place:
    """Raise UserError for a tip that was removed, and Outdated for one that is no step any more."""
    at = place_of(catalog, practice.lesson_of(catalog, tip).tip.id)
    if at is None:
        raise Outdated
    return at
