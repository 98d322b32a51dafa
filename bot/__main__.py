"""The command line, `python -m bot` (`roleshift`): run, play, check, migrate, forget and more."""

import argparse
import asyncio
import gc
import os
import signal
import sys

from bot.author import commands as authoring

USAGE_FAULT = 2
FIRST_PROCESS = 1  # of a container


def main(argv: list[str] | None = None) -> int:
    """Run a command and return the exit code: 0 for success, 1 for failure, 2 if it could not start."""
    if os.getpid() == FIRST_PROCESS:  # for which the kernel ignores a signal that has no handler
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    args = _parser().parse_args(argv)
    command = {
        "run": _run,
        "play": _play,
        "check": _check,
        "migrate": _migrate,
        "forget": _forget,
        "audit": _audit,
        "content": _content,
        "manifest": _manifest,
        "keys": _keys,
    }[args.command]
    return command(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="roleshift", description="The Slack coach for AI-era roles.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="answer Slack until stopped by a signal")
    play = commands.add_parser("play", help="try the bot in a browser, without Slack")
    play.add_argument("--port", type=int, default=3838, help="the page's port (default: 3838)")
    play.add_argument("--no-browser", action="store_true", help="only print the address")
    check = commands.add_parser("check", help="try each part that the bot needs, and say how to fix what is wrong")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.add_argument("--all", action="store_true", help="try the tokens of all workspaces, instead of twenty")
    commands.add_parser("migrate", help="bring the database up to date")
    forget = commands.add_parser("forget", help="delete everything about a member, or about a workspace")
    forget.add_argument("whom", metavar="T…/U…", help="a workspace's id and a member's; or a workspace's id alone")
    forget.add_argument("--yes", action="store_true", help="required to delete a whole workspace")
    audit = commands.add_parser("audit", help="print what admins did in a workspace, as CSV")
    audit.add_argument("workspace", metavar="T…", help="the workspace's id")
    authoring.add_to(commands.add_parser("content", help="check, write and preview what the coach teaches"))
    manifest = commands.add_parser("manifest", help="print the Slack app manifest")
    manifest.add_argument("--way", choices=["socket", "http", "oauth"], default="socket", help="how it is installed")
    keys = commands.add_parser(
        "keys", help="make a key that encrypts tokens, or encrypt all tokens under the first key"
    )
    keys.add_argument("action", choices=["new", "rotate"])
    return parser


def _run(_args: argparse.Namespace) -> int:
    gc.disable()  # modules are never garbage: scanning them while more are imported takes a tenth of a start
    from bot.content import library  # noqa: PLC0415 - each command imports only what it needs
    from bot.core.errors import NothingChanged  # noqa: PLC0415 - as above
    from bot.run import app, logs  # noqa: PLC0415 - each command imports only what it needs
    from bot.run.services import CannotStart  # noqa: PLC0415 - each command imports only what it needs
    from bot.run.settings import SettingsError, load, unusable_database  # noqa: PLC0415 - each command imports only what it needs

    gc.freeze()
    gc.enable()
    try:
        settings = load()
        logs.configure(settings.log_level)
        app.run(settings)
    except (SettingsError, CannotStart) as error:
        return _fail(str(error))
    except NothingChanged as error:
        return _fail(str(unusable_database(error)))
    except library.ContentError as error:
        return _fail(f"{error}\nThe content holds mistakes; `python -m bot content check` shows them too.")
    return 0


def _play(args: argparse.Namespace) -> int:
    from bot.playground.demo.play import play  # noqa: PLC0415 - only this command needs the emulator

    return play(port=args.port, open_browser=not args.no_browser)


def _check(args: argparse.Namespace) -> int:
    from bot.ops import check, findings  # noqa: PLC0415 - as above

    found = check.run(every=args.all)
    sys.stdout.write(findings.as_json(found) if args.json else findings.as_text(found))
    return findings.exit_code(found)


def _migrate(_args: argparse.Namespace) -> int:
    from bot.core.errors import NothingChanged, WrongSchema  # noqa: PLC0415 - as above
    from bot.run.settings import SettingsError, load_database_url, unusable_database  # noqa: PLC0415 - as above
    from bot.store import open_store  # noqa: PLC0415 - as above

    async def migrate(url: str) -> None:
        store = open_store(url)
        await store.migrate()
        await store.close()

    try:
        asyncio.run(migrate(load_database_url()))
    except (SettingsError, WrongSchema) as error:
        return _fail(str(error))
    except NothingChanged as error:
        return _fail(str(unusable_database(error)))
    sys.stdout.write("The database is up to date.\n")
    return 0


def _forget(args: argparse.Namespace) -> int:
    from bot.core.errors import NothingChanged, WrongSchema  # noqa: PLC0415 - as above
    from bot.ops import upkeep  # noqa: PLC0415 - as above
    from bot.run.settings import SettingsError, load_database_url, unusable_database  # noqa: PLC0415 - as above

    try:
        gone = asyncio.run(upkeep.forget(load_database_url(), args.whom, confirmed=args.yes))
    except (SettingsError, upkeep.CannotForget, WrongSchema) as error:
        return _fail(str(error))
    except NothingChanged as error:
        return _fail(str(unusable_database(error)))
    if not gone:
        sys.stderr.write(f"Nothing is stored about {args.whom}.\n")
        return 1
    sys.stdout.write("".join(f"{table}: {count} deleted\n" for table, count in sorted(gone.items())))
    return 0


def _audit(args: argparse.Namespace) -> int:
    from bot.core.errors import NothingChanged, WrongSchema  # noqa: PLC0415 - as above
    from bot.ops import upkeep  # noqa: PLC0415 - as above
    from bot.run.settings import SettingsError, load_database_url, unusable_database  # noqa: PLC0415 - as above

    async def write(url: str) -> None:
        async for line in upkeep.audit(url, args.workspace):
            sys.stdout.write(line)

    try:
        asyncio.run(write(load_database_url()))
    except (SettingsError, WrongSchema) as error:
        return _fail(str(error))
    except NothingChanged as error:
        return _fail(str(unusable_database(error)))
    return 0


def _content(args: argparse.Namespace) -> int:
    return authoring.run(args)


def _manifest(args: argparse.Namespace) -> int:
    from bot.slack.manifest import manifest_json  # noqa: PLC0415 - as above

    sys.stdout.write(manifest_json(args.way))
    return 0


def _keys(args: argparse.Namespace) -> int:
    from bot.core.errors import NothingChanged, WrongSchema  # noqa: PLC0415 - as above
    from bot.ops import upkeep  # noqa: PLC0415 - as above
    from bot.run.settings import SettingsError, load_keys, unusable_database  # noqa: PLC0415 - as above
    from bot.token_keys import new_key  # noqa: PLC0415 - as above

    if args.action == "new":
        sys.stdout.write(f"{new_key()}\n")
        return 0
    try:
        url, setting = load_keys()
        changed = asyncio.run(upkeep.rotate(url, setting.get_secret_value()))
    except (SettingsError, upkeep.CannotRotate, WrongSchema) as error:
        return _fail(str(error))
    except NothingChanged as error:
        return _fail(str(unusable_database(error)))
    sys.stdout.write(f"The tokens of {changed} workspaces were encrypted anew; all are under the first key now.\n")
    return 0


def _fail(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return USAGE_FAULT


if __name__ == "__main__":
    sys.exit(main())
