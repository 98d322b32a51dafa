"""The words after `python -m bot content`, and what each prints."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="name every mistake as file:line:column")
    check.add_argument("--strict", action="store_true", help="also hold every text to the bar of content/README.md")
    new = actions.add_parser("new", help="print a new entry, with WRITE where words are missing")
    new.add_argument("kind", choices=["role", "project", "skill", "tip", "challenge", "check"])
    new.add_argument("id", help="its id, in lower case with hyphens: hand-over-a-prompt")
    actions.add_parser("stats", help="what there is for each role, and what lacks")
    actions.add_parser("stale", help="name what should be read again; exit code 1 if there is any")
    export = actions.add_parser("export", help="write each skill as a SKILL.md, for assistants that load agent skills")
    export.add_argument("--skills", type=Path, required=True, metavar="FOLDER", help="where to write them")
    preview = actions.add_parser("preview", help="print an entry as members see it")
    preview.add_argument("id", help="the id of a role, project, step, skill, tip, check, challenge, theme or lab")
    year = actions.add_parser("year", help="print a year of tips for somebody made up, week by week")
    year.add_argument("role", help="the id of a role")
    year.add_argument("--level", choices=["new", "daily"], default="new", help="new to AI, or using it every day")
    year.add_argument("--have", default="usual", help="usual (the default), all, none, or needs: logs,test-set")
    shares = "all (the default), half, none, marks (all, and marks skills), or a share such as 0.4"
    year.add_argument("--does", default="all", help=shares)
    year.add_argument("--weeks", type=int, default=52)
    year.add_argument("--json", action="store_true", help="one object a line")
    for action in actions.choices.values():
        action.add_argument("packs", nargs="*", type=Path, help="your own folders; default: those of ROLESHIFT_CONTENT")
        action.add_argument("--base", type=Path, help="the folder below them; default: the built-in content")


def run(args: argparse.Namespace) -> int:
    from bot.author import review, screens, skills
    from bot.author.skeleton import skeleton
    from bot.clock import Clock
    from bot.content.library import FOLDER, load, load_with_places
    from bot.core.content_types import Level
    from bot.core.year import year
    from bot.run import settings

    base, packs = args.base or FOLDER, args.packs or settings.load(settings.ContentSettings).packs
    today, code = Clock().now().date(), 0
    lines: Iterable[str] = ()
    match args.action:
        case "check":
            catalog = review.check(base, packs, strict=args.strict)
            lines = [f"{' + '.join(map(str, (base, *packs)))}: {review.summary(catalog)}, no mistakes."]
        case "new":
            files = [folder / f"{args.kind}s" / f"{args.id}.yaml" for folder in (base, *packs)]
            begun = frozenset(file for file in files if file.exists() and not file.stat().st_size)  # by a shell's `>`
            catalog, _ = load_with_places(base, packs, leave_out=begun)
            lines = [skeleton(catalog, args.kind, args.id).removesuffix("\n")]
        case "stats":
            catalog = load(base, packs)
            lines = [review.summary(catalog), *review.stats_lines(catalog)]
        case "stale":
            stale = review.stale_lines(*load_with_places(base, packs), today)
            lines, code = stale or ["Nothing is stale."], 1 if stale else 0
        case "export":
            lines = [f"{args.skills}: {skills.export(load(base, packs), args.skills)} skills."]
        case "preview":
            lines = [screens.preview(load(base, packs), args.id)]
        case "year":
            catalog = load(base, packs).as_of(today)
            somebody = review.somebody(catalog, args.role, Level(args.level), args.have)
            weeks = year(catalog, somebody, review.does(args.does), args.weeks)
            as_json = (json.dumps(review.facts_of(catalog, week), ensure_ascii=False) for week in weeks)
            lines = as_json if args.json else review.as_table(catalog, weeks)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return code
