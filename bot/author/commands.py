"""The words after `python -m bot content`, and what each prints."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path


def add_to(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], explains: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=explains)
        action.set_defaults(run=run)
        return action

    check = add("check", _check, "name every mistake as file:line:column")
    check.add_argument("--strict", action="store_true", help="also hold every text to the bar of content/README.md")
    _add_folders(check)
    new = add("new", _new, "print a new entry, with WRITE where words are missing")
    new.add_argument("kind", choices=["role", "project", "skill", "tip", "challenge", "check"])
    new.add_argument("id", help="its id, in lower case with hyphens: hand-over-a-prompt")
    _add_folders(new)
    _add_folders(add("stats", _stats, "what there is for each role, and what lacks"))
    _add_folders(add("stale", _stale, "name what should be read again; exit code 1 if there is any"))
    export = add("export", _export, "write each skill as a SKILL.md, for assistants that load agent skills")
    export.add_argument("--skills", type=Path, required=True, metavar="FOLDER", help="where to write them")
    _add_folders(export)
    preview = add("preview", _preview, "print an entry as members see it")
    preview.add_argument("id", help="the id of a role, project, step, skill, tip, check, challenge, theme or lab")
    _add_folders(preview)
    _add_year(add("year", _year, "print a year of tips for somebody made up, week by week"))


def _add_year(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("role", help="the id of a role")
    parser.add_argument("--level", choices=["new", "daily"], default="new", help="new to AI, or using it every day")
    parser.add_argument(
        "--have", default="usual", help="usual, all, none, or needs: logs,test-set (default: %(default)s)"
    )
    parser.add_argument(
        "--does",
        default="all",
        help="all, half, none, marks (all, and marks skills), or a share such as 0.4 (default: %(default)s)",
    )
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--json", action="store_true", help="one object a line")
    _add_folders(parser)


def _add_folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("packs", nargs="*", type=Path, help="folders of your own; default: those of ROLESHIFT_CONTENT")
    parser.add_argument("--base", type=Path, help="the folder below them; default: the built-in content")


def _folders(args: argparse.Namespace) -> tuple[Path, Sequence[Path]]:
    from bot.content import library
    from bot.run.settings import ContentSettings, load

    return args.base or library.FOLDER, args.packs or load(ContentSettings).packs


def _print(lines: Iterable[str]) -> int:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _check(args: argparse.Namespace) -> int:
    from bot.author import review

    base, packs = _folders(args)
    catalog = review.check(base, packs, strict=args.strict)
    return _print([f"{' + '.join(map(str, (base, *packs)))}: {review.summary(catalog)}, no mistakes."])


def _new(args: argparse.Namespace) -> int:
    from bot.author.skeleton import skeleton
    from bot.content import library

    base, packs = _folders(args)
    files = [folder / f"{args.kind}s" / f"{args.id}.yaml" for folder in (base, *packs)]
    begun = [file for file in files if file.exists() and not file.stat().st_size]  # by a shell, at `> FILE`
    catalog, _ = library.load_with_places(base, packs, leave_out=frozenset(begun))
    sys.stdout.write(skeleton(catalog, args.kind, args.id))
    return 0


def _stats(args: argparse.Namespace) -> int:
    from bot.author import review
    from bot.content import library

    catalog = library.load(*_folders(args))
    return _print([review.summary(catalog), *review.stats_lines(catalog)])


def _stale(args: argparse.Namespace) -> int:
    from bot.author import review
    from bot.content import library

    lines = review.stale_lines(*library.load_with_places(*_folders(args)), _today())
    _print(lines or ["Nothing is stale."])
    return 1 if lines else 0


def _export(args: argparse.Namespace) -> int:
    from bot.author import skills
    from bot.content import library

    written = skills.export(library.load(*_folders(args)), args.skills)
    return _print([f"{args.skills}: {written} skills."])


def _preview(args: argparse.Namespace) -> int:
    from bot.author import preview
    from bot.content import library

    message = preview.message_of(library.load(*_folders(args)), args.id)
    sys.stdout.write(preview.as_text(message))
    return 0


def _year(args: argparse.Namespace) -> int:
    from bot.author import review
    from bot.content import library
    from bot.core import year as core_year
    from bot.core.content_types import Level

    catalog = library.load(*_folders(args)).as_of(_today())
    somebody = review.somebody(catalog, review.role_named(catalog, args.role), Level(args.level), args.have)
    weeks = core_year.year(catalog, somebody, review.does(args.does), args.weeks)
    return _print(review.as_json(catalog, weeks) if args.json else review.as_table(catalog, weeks))


def _today() -> date:
    from bot.clock import Clock

    return Clock().now().date()
