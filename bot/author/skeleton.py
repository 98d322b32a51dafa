"""`content new`: an entry that the loader takes, with WRITE wherever words are missing."""

import re
from collections.abc import Mapping

from bot.core.catalog import Catalog
from bot.core.errors import CommandError

MAX_SLUG = 60
START = 3  # skills on the path of a new role


def skeleton(catalog: Catalog, kind: str, slug: str) -> str:
    """Return the YAML of a new role, skill, challenge, tip or check. Raise CommandError."""
    _check(catalog, kind, slug)
    text = SKELETONS[kind]
    first = next(iter(catalog.skills.values()))
    free = [skill.slug for skill in catalog.skills.values() if not skill.needs_skills]
    values = {
        "slug": slug,
        "title": slug.replace("-", " ").title(),
        "name": slug.replace("-", " ").capitalize(),
        "theme": first.theme,
        "themes": ", ".join(catalog.themes),
        "skill": first.slug,
        "path": "".join(f"  - {each}\n" for each in free[:START]),
        "needs": ", ".join(catalog.needs) or "none is defined yet",
    }
    return re.sub(r"<(\w+)>", lambda found: values[found[1]], text)


def _check(catalog: Catalog, kind: str, slug: str) -> None:
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) is None or len(slug) > MAX_SLUG:
        raise CommandError(
            f"{slug!r} must be kebab-case, such as `token-usage-and-costs`, and at most {MAX_SLUG} long."
        )
    taken: Mapping[str, Mapping[str, object]] = {
        "role": catalog.roles,
        "skill": catalog.skills,
        "challenge": catalog.challenges,
        "tip": catalog.lessons,
        "check": catalog.quizzes,
    }
    if slug in taken[kind]:
        raise CommandError(f"There is a {kind} {slug!r} already. Choose another id.")


TIP = """\
  - id: <slug>
    title: WRITE what the hands do, 60 characters at most
    steps:  # two to four, 20 words each at most
      - WRITE what to open, on work that the reader already has.
      - WRITE what the hands do with it. Name one thing to do.
    done_when: WRITE what can be seen if it worked, in lower case and with a full stop at the end.
    proves: WRITE what it is worth, in 60 characters.
    minutes: 20
    own_work: true  # false: it works on something invented or public
    needs: []  # what it takes beyond a desk: <needs>
"""
SECOND_TIP = """\
  - id: <slug>-second
    title: WRITE what else the hands do
    steps:
      - WRITE a task in which the hands do something else than in the first one.
      - WRITE what they do next, such as query, read, break, time, ask or delete.
    done_when: WRITE which number, file or mark would be missing if this failed.
    minutes: 30
    own_work: true
    needs: []
"""
CHECK = """\
  - id: <slug>
    ask: >-
      WRITE a situation from work in a sentence or two. WRITE the question, such as "What do you look at first?"
    options:
      - text: WRITE the answer that works
        right: true
        because: WRITE what happens after it.
      - text: WRITE what a colleague would do by habit
        because: WRITE what goes wrong after that.
      - text: WRITE what works in another situation
        because: WRITE why it does not work in this one.
"""
SKILL = f"""\
# Save as skills/<slug>.yaml and add the slug to `skills:` of a role. README.md explains each key.
name: <name>
theme: <theme>  # one of: <themes>
origin: extension
# owner: platform-team      who is asked when it goes out of date
# reviewed_on: 2026-11-25   when somebody last read it and found it true
why: WRITE one sentence that a colleague would repeat.
looks_like:
  aware: WRITE what another person could see of somebody who has begun.
  working: WRITE what another person could see of somebody who works with it.
  teaching: WRITE what another person could see of somebody who passes it on.
first_exercise: >-
  WRITE what to do today in a quarter of an hour.
mistakes:
  - WRITE what people do who have only heard of it.
asks:
  - WRITE how a person would ask for it
tips:  # four or more; the first needs nothing
{TIP.replace("<slug>", "<slug>-first")}\
{SECOND_TIP}\
checks:  # two or more
{CHECK.replace("<slug>", "<slug>-check")}"""
CHALLENGE = """\
# Save as challenges/<slug>.yaml. README.md explains each key.
name: <name>
theme: <theme>  # the theme of its skill
skill: <skill>  # the name of a file in skills/
origin: extension
do: >-
  WRITE two to five sentences, less than 450 characters: what ten people can each do in one week, on work of their own.
done_when: WRITE what one of the ten will not reach, in lower case and with a full stop at the end.
minutes: 60
evidence: WRITE one question whose answer holds a fact?
"""
ROLE = """\
# Save as roles/<slug>.yaml. README.md explains each key.
name: <title>
becomes: WRITE the new title
origin: extension
before: WRITE what the job was, in a few words
after: WRITE what it is becoming, in a few words
less:  # two or three for the member's card, of about four words each
  - WRITE what fades
more:
  - WRITE what grows
what_changed:
  - WRITE what is asked for less often
what_they_do_now:
  - WRITE what takes its place
why_they_win:
  - WRITE what people of this role are good at already
skills:  # the path: the first four are a member's first month, and no skill stands before those that it needs
<path>\
aliases: []  # other titles for the same work, without seniority
"""
SKELETONS: Mapping[str, str] = {
    "role": ROLE,
    "skill": SKILL,
    "tip": f"# Add this under `tips:` of a file in skills/.\n{TIP}",
    "challenge": CHALLENGE,
    "check": f"# Add this under `checks:` of a file in skills/.\n{CHECK}",
}
