"""The command line, `python -m bot` (`roleshift`): run, play, check, migrate, forget and more."""

import argparse
import asyncio
import gc
import json
import os
import signal
import sys

from bot.author import commands as author_commands

USAGE_FAULT = 2
FIRST_PROCESS = 1  # of a container


def main(argv: list[str] | None = None) -> int:
    """Run a command and return the exit code: 0 for success, 1 for failure, 2 if it could not start."""
    if os.getpid() == FIRST_PROCESS:  # for which the kernel ignores a signal that has no handler
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except Exception as error:  # noqa: BLE001 - `told` raises it again unless it is for the operator
        sys.stderr.write(f"{told(error)}\n")
        code = getattr(error, "code", USAGE_FAULT)
    return code


def told(error: Exception) -> str:
    """Return what the operator reads about an error. Raise it again if it is a bug."""
    from bot.core.errors import CommandError, NothingChanged
    from bot.run.settings import SettingsError

    if isinstance(error, NothingChanged):
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        # The first cause's type tells a wrong password from a server that is down. Its text may hold the password.
        return f"DATABASE_URL names a database that does not answer, or can't be written to ({type(cause).__name__})"
    if not isinstance(error, CommandError | SettingsError):
        raise error
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="The Slack coach for AI-era roles.")
    commands = parser.add_subparsers(required=True)
    commands.add_parser("run", help="answer Slack until stopped by a signal").set_defaults(run=_run)
    own_app = "Try your own Slack app in the same Slack: python -m bot.playground.emulator --help"
    play = commands.add_parser("play", help="try the bot in a browser, without Slack", epilog=own_app)
    play.add_argument("--port", type=int, default=3838, help="the page's port (default: 3838)")
    play.add_argument("--no-browser", action="store_true", help="only print the address")
    play.add_argument("--fresh", action="store_true", help="a Slack of ten people that has just installed the bot")
    play.set_defaults(run=_play)
    check = commands.add_parser("check", help="try each part that the bot needs, and say how to fix what is wrong")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(run=_check)
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=_migrate)
    forget = commands.add_parser("forget", help="delete everything about a member, or about a workspace")
    forget.add_argument("whom", metavar="T…/U…", help="a workspace's id and a member's; or a workspace's id alone")
    forget.add_argument("--yes", action="store_true", help="required to delete a whole workspace")
    forget.set_defaults(run=_forget)
    audit = commands.add_parser("audit", help="print what admins did in a workspace, as CSV")
    audit.add_argument("workspace", metavar="T…", help="the workspace's id")
    audit.set_defaults(run=_audit)
    author_commands.add_to(commands.add_parser("content", help="check, write and preview what the coach teaches"))
    manifest = commands.add_parser("manifest", help="print the Slack app manifest")
    manifest.add_argument("--way", choices=["socket", "http", "oauth"], default="socket", help="how it is installed")
    manifest.add_argument("--slackbot", action="store_true", help="let Slackbot call the tools of /mcp, too")
    manifest.set_defaults(run=_manifest)
    keys = commands.add_parser("keys", help="make a key for tokens, or encrypt all tokens under the first key")
    keys.add_argument("action", choices=["new", "rotate"])
    keys.set_defaults(run=_keys)
    return parser


def _run(_args: argparse.Namespace) -> int:
    gc.disable()  # modules are never garbage: scanning them while more are imported takes a tenth of a start
    from bot.content.library import ContentError
    from bot.core.errors import CommandError
    from bot.run import app, logs
    from bot.run.settings import Settings, load

    gc.freeze()
    gc.enable()
    settings = load(Settings)
    logs.configure(settings.log_level)
    try:
        app.run(settings)
    except ContentError as error:
        hint = "The content holds mistakes; `python -m bot content check` shows them too."
        raise CommandError(f"{error}\n{hint}") from error
    return 0


def _play(args: argparse.Namespace) -> int:
    from bot.playground.demo.play import FRESH_COMMAND, START_COMMAND, play

    command = FRESH_COMMAND if args.fresh else START_COMMAND
    return play(port=args.port, open_browser=not args.no_browser, command=command)


def _check(args: argparse.Namespace) -> int:
    from bot.clock import Clock
    from bot.ops import check, findings

    found = asyncio.run(check.check(Clock()))
    sys.stdout.write(findings.as_json(found) if args.json else findings.as_text(found))
    return findings.exit_code(found)


def _migrate(_args: argparse.Namespace) -> int:
    from bot.run.settings import DatabaseSettings, load
    from bot.store import open_store

    async def migrate(url: str) -> None:
        store = open_store(url)
        await store.migrate()
        await store.close()

    asyncio.run(migrate(load(DatabaseSettings).database_url))
    sys.stdout.write("The database is up to date.\n")
    return 0


def _forget(args: argparse.Namespace) -> int:
    from bot.ops import upkeep
    from bot.run.settings import DatabaseSettings, load

    gone = asyncio.run(upkeep.forget(load(DatabaseSettings).database_url, args.whom, confirmed=args.yes))
    if not gone:
        sys.stderr.write(f"Nothing is stored about {args.whom}.\n")
        return 1
    sys.stdout.write("".join(f"{table}: {count} deleted\n" for table, count in sorted(gone.items())))
    return 0


def _audit(args: argparse.Namespace) -> int:
    from bot.ops import upkeep
    from bot.run.settings import DatabaseSettings, load

    sys.stdout.write(asyncio.run(upkeep.audit(load(DatabaseSettings).database_url, args.workspace)))
    return 0


def _manifest(args: argparse.Namespace) -> int:
    from bot.slack.manifest import manifest

    made = manifest(args.way, slackbot=args.slackbot)
    sys.stdout.write(f"{json.dumps(made, indent=2, ensure_ascii=False)}\n")
    return 0


def _keys(args: argparse.Namespace) -> int:
    from bot.ops import upkeep
    from bot.run.settings import KeySettings, SettingsError, load
    from bot.token_keys import new_key

    if args.action == "new":
        sys.stdout.write(f"{new_key()}\n")
        return 0
    settings = load(KeySettings)
    if settings.token_keys is None:
        raise SettingsError("ROLESHIFT_TOKEN_KEYS is missing; `python -m bot keys new` prints a key for it")
    changed = asyncio.run(upkeep.rotate(settings.database_url, settings.token_keys.get_secret_value()))
    sys.stdout.write(f"The tokens of {changed} workspaces were encrypted anew; all are under the first key now.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
