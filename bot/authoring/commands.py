"""The words after `python -m bot content`, and what each prints."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

USAGE_FAULT = 2


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the actions to the parser of `content`."""
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="name every mistake as file:line:column")
    _add_folders(check)
    check.add_argument("--strict", action="store_true", help="also hold every text to the bar of content/README.md")


def _add_folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("packs", nargs="*", type=Path, help="folders of your own; default: those of ROLESHIFT_CONTENT")
    parser.add_argument("--base", type=Path, help="the folder below them; default: the built-in content")


def _folders(args: argparse.Namespace) -> tuple[Path, Sequence[Path]]:
    from bot import config, content  # noqa: PLC0415 - each command imports only what it needs

    return args.base or content.FOLDER, args.packs or config.load_packs()


def run(args: argparse.Namespace) -> int:
    """Run an action and return the exit code: 0 for success, 1 for mistakes, 2 for wrong settings."""
    action: dict[str, Callable[[argparse.Namespace], int]] = {"check": _check}
    return action[args.action](args)


def _check(args: argparse.Namespace) -> int:
    from bot import config, content  # noqa: PLC0415 - each command imports only what it needs
    from bot.authoring import check  # noqa: PLC0415 - as above

    try:
        base, packs = _folders(args)
        catalog = check.check(base, packs, strict=args.strict)
    except config.SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_FAULT
    except content.ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except check.Findings as error:
        count = len(error.found)
        sys.stderr.write(f"{error}\n{count} finding{'s' if count > 1 else ''}. content/README.md explains the bar.\n")
        return 1
    sys.stdout.write(f"{' + '.join(map(str, (base, *packs)))}: {check.summary(catalog)}, no mistakes.\n")
    return 0
