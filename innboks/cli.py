"""The command `innboks`: one sub-command for each thing an operator does (DESIGN §3).

`innboks --help` and the parent process of `innboks run` import nothing heavy: whatever a command needs is imported when it runs.
What goes wrong is said in one sentence on standard error, without a traceback. Read next: `supervise.py` (run), `app.py` (the rest).
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from innboks import __version__
from innboks.config import InvalidSetting, Settings, load_settings
from innboks.errors import InnboksError

if TYPE_CHECKING:
    from innboks.core.access import Actor
    from innboks.core.parts import Parts

Command = Callable[[argparse.Namespace, Settings], int]
FAILED = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest and hasattr(arguments, "config") and not any(one.startswith("-") for one in rest):
        arguments.config += rest  # argparse ends a list of words at the first option; key=value may stand behind one
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    command: Command = arguments.command
    try:
        settings = load_settings(os.environ, Path.cwd(), needs_secret=arguments.command not in (_parse, _new_channel, _schema))
        return command(arguments, settings)
    except InvalidSetting as error:
        print(f"innboks: {error}", file=sys.stderr)
        return os.EX_CONFIG
    except InnboksError as error:
        print(f"innboks: {error.sentence}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 128 + 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="innboks",
        description="One inbox in which a team answers everybody. Settings come from the environment or innboks.toml.",
    )
    parser.add_argument("--version", action="version", version=f"innboks {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, command: Command, about: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        one.set_defaults(command=command)
        return one

    run = add("run", _run, "start everything: database, web and worker")
    run.add_argument("--with-sandbox", action="store_true", help="start the sandbox too, in which you are the customer")
    add("web", _role, "start one web process (its database must be migrated)").set_defaults(role="web")
    add("worker", _role, "start one worker process: jobs, fetched mail, incoming mail").set_defaults(role="worker")
    add("mail", _role, "start one process that only receives mail").set_defaults(role="mail")

    setup = add("setup", _setup, "make the first account and its administrator, without a browser")
    setup.add_argument("--account", required=True, metavar="NAME", help="name of the account")
    setup.add_argument("--email", required=True, metavar="E", help="the administrator's mail address")
    setup.add_argument("--password", required=True, metavar="P", help="the administrator's password; “-” reads it from standard input")
    setup.add_argument("--name", metavar="N", help="the administrator's name (default: from the mail address)")

    token = add("token", _token, "print an API token for scripts")
    token.add_argument("--email", required=True, metavar="E", help="whose token: it may do what this person may do")
    token.add_argument("--name", default="command line", metavar="N", help="what the token is for")

    ticketing = add("ticketing", _ticketing, "say whether conversations of an inbox may become tickets, and change it")
    ticketing.add_argument("mode", nargs="?", choices=("on", "off", "by-date"), metavar="on|off|by-date", help="what to change it to")
    ticketing.add_argument("--account", metavar="A", help="id or name of the account (default: all of them)")

    features = add("features", _features, "say which features an account has, and switch one on or off")
    features.add_argument("feature", nargs="?", metavar="FEATURE", help="which one (default: all of them)")
    features.add_argument("mode", nargs="?", choices=("on", "off"), metavar="on|off", help="what to change it to")
    features.add_argument("--account", metavar="A", help="id or name of the account (default: all of them)")

    connect = add("connect", _connect, "connect a channel without a browser, and print the channel account as JSON")
    connect.add_argument("kind", metavar="KIND", help="kind of channel")
    connect.add_argument("--name", required=True, metavar="N", help="name of the channel account")
    connect.add_argument("--inbox", metavar="I", help="id or name of the inbox (default: the first)")
    connect.add_argument("--email", metavar="E", help="who does it (default: the first administrator)")
    connect.add_argument("config", nargs="*", metavar="key=value", help="the channel's configuration")

    add("sandbox", _sandbox, "start the sandbox: a toy world on this machine in which you are the customer")
    demo = add("demo", _demo, "fill a lively demo account, to look around in")
    demo.add_argument("--password", metavar="P", help="password of the demo's people (default: one is made, and printed)")

    add("migrate", _migrate, "bring the database to this version")
    backup = add("backup", _backup, "write everything, database and files, into one file")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = add("restore", _restore, "bring everything back from such a file, into an empty place")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--verify", action="store_true", help="only try whether the file is whole and can be restored")
    add("doctor", _doctor, "look whether everything is in order, and say what is not")

    parse = add("parse", _parse, "show what a channel's parser makes of raw payloads, one line of JSON for each file")
    parse.add_argument("kind", metavar="KIND")
    parse.add_argument("files", nargs="+", metavar="FILE")

    new = add("new-channel", _new_channel, "write the folder of a new channel, with checks that say what is to be filled in")
    new.add_argument("name", metavar="NAME", help="kind of the channel: one word in small letters")
    new.add_argument("--into", type=Path, metavar="FOLDER", help="a folder of your own (see INNBOKS_CHANNELS) instead of the product's")
    add("schema", _schema, "print the OpenAPI description of the API")
    return parser


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    import msgspec

    from innboks import supervise

    settings = msgspec.structs.replace(settings, sandbox=arguments.with_sandbox or settings.sandbox)
    return supervise.run(settings, (*supervise.ROLES, "sandbox") if settings.sandbox else supervise.ROLES)


def _role(arguments: argparse.Namespace, settings: Settings) -> int:
    from innboks import roles, supervise
    from innboks.lib.lock import database
    from innboks.lib.log import set_up_logging

    supervise.follow_parent()
    set_up_logging(settings.log)
    with database(settings) as dsn:
        return roles.run(arguments.role, settings, dsn)


def _sandbox(_: argparse.Namespace, settings: Settings) -> int:
    from innboks import supervise
    from innboks.lib.log import set_up_logging
    from innboks.sandbox.serve import run

    supervise.follow_parent()
    set_up_logging(settings.log)
    return run(settings)


def _demo(arguments: argparse.Namespace, settings: Settings) -> int:
    import logging

    from innboks.demo.load import load
    from innboks.lib.lock import database
    from innboks.lib.log import set_up_logging
    from innboks.lib.migrate import migrate

    set_up_logging(settings.log, level=logging.ERROR)  # the story has mails that fail, on purpose
    with database(settings) as dsn:
        migrate(dsn)
        print(asyncio.run(load(settings, dsn, arguments.password)))
    return 0


def _migrate(_: argparse.Namespace, settings: Settings) -> int:
    from innboks.lib.lock import database
    from innboks.lib.migrate import migrate

    with database(settings) as dsn:
        for name in migrate(dsn):
            print(f"applied {name}", file=sys.stderr)
    return 0


def _with_parts(settings: Settings, work: Callable[["Parts"], Coroutine[Any, Any, int]]) -> int:
    """Runs `work` on a migrated database, whether Innboks runs or not."""
    from innboks.app import build_parts
    from innboks.lib.lock import database
    from innboks.lib.log import set_up_logging
    from innboks.lib.migrate import migrate

    set_up_logging(settings.log)

    async def run(dsn: str) -> int:
        async with build_parts(settings, dsn, "tool") as parts:
            return await work(parts)

    with database(settings) as dsn:
        migrate(dsn)
        return asyncio.run(run(dsn))


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _setup(arguments: argparse.Namespace, settings: Settings) -> int:
    password = sys.stdin.readline().rstrip("\n") if arguments.password == "-" else arguments.password  # noqa: S105
    name = arguments.name or arguments.email.partition("@")[0].replace(".", " ").title()

    async def work(parts: "Parts") -> int:
        from innboks.core.accounts.setup import create_first_account

        await create_first_account(parts, arguments.account, name, arguments.email, password)
        print(f"The account “{arguments.account}” is ready. Sign in at {settings.url} as {arguments.email}.")
        return 0

    return _with_parts(settings, work)


def _token(arguments: argparse.Namespace, settings: Settings) -> int:
    async def work(parts: "Parts") -> int:
        from innboks.core.accounts.tokens import create_token

        _, token = await create_token(parts, await _person(parts, arguments.email), arguments.name)
        print(token)
        return 0

    return _with_parts(settings, work)


def _ticketing(arguments: argparse.Namespace, settings: Settings) -> int:
    async def work(parts: "Parts") -> int:
        from innboks.core.accounts.flags import accounts_named, set_ticketing

        for account in await accounts_named(parts, arguments.account):
            if arguments.mode:
                account = await set_ticketing(parts, account.id, arguments.mode.replace("-", "_"))
            print(f"{account.id} “{account.name}”: {'on' if account.inbox_ticketing else 'off'}")
        return 0

    return _with_parts(settings, work)


def _features(arguments: argparse.Namespace, settings: Settings) -> int:
    async def work(parts: "Parts") -> int:
        from innboks.core.accounts.features import features
        from innboks.core.accounts.flags import accounts_named, set_feature

        for account in await accounts_named(parts, arguments.account):
            if arguments.mode:
                account = await set_feature(parts, account.id, arguments.feature, is_on=arguments.mode == "on")
            for name in features(parts.registry):
                if arguments.feature in (None, name):
                    print(f"{account.id} “{account.name}” {name}: {'off' if name in account.switched_off else 'on'}")
        return 0

    return _with_parts(settings, work)


async def _person(parts: "Parts", email: str | None) -> "Actor":
    from innboks.core.accounts.actors import actor_by_email, first_admin
    from innboks.errors import NotFound

    actor = await (first_admin(parts) if email is None else actor_by_email(parts, email))
    if actor is None:
        raise NotFound(
            "There is no account yet. Make one with “innboks setup”."
            if email is None
            else "Nobody with this mail address can sign in here."
        )
    return actor


# ── channels ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _connect(arguments: argparse.Namespace, settings: Settings) -> int:
    from innboks.errors import Invalid

    config: dict[str, str] = {}
    for pair in arguments.config:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise Invalid(f"“{pair}” is not a setting. Write key=value.")
        config[name] = value

    async def work(parts: "Parts") -> int:
        import msgspec

        from innboks.api.app.channel_accounts import shown_to
        from innboks.core.channel_accounts.connect import connect

        actor = await _person(parts, arguments.email)
        inbox_id = await _inbox(parts, actor, arguments.inbox) if arguments.inbox else None
        row = await connect(parts, actor, arguments.kind, arguments.name, inbox_id, config)
        print(msgspec.json.encode(await shown_to(parts, actor, row)).decode())
        return 0

    return _with_parts(settings, work)


async def _inbox(parts: "Parts", actor: "Actor", wanted: str) -> int:
    """An inbox by id or name."""
    from innboks.core.inboxes.inboxes import list_inboxes
    from innboks.errors import NotFound

    inboxes = await list_inboxes(parts, actor)
    for inbox in inboxes:
        if wanted == str(inbox.id) or wanted.casefold() == inbox.name.casefold():
            return inbox.id
    raise NotFound(f"There is no inbox “{wanted}”. There are: {', '.join(inbox.name for inbox in inboxes)}.")


def _parse(arguments: argparse.Namespace, settings: Settings) -> int:
    import msgspec

    from innboks.sdk.registry import discover

    channel = discover(settings.channel_folders).get(arguments.kind)
    for name in arguments.files:
        try:
            line: dict[str, Any] = {"file": name, **channel.describe(Path(name).read_bytes())}
        except OSError as error:
            line = {"file": name, "error": f"This file cannot be read: {error.strerror or error}."}
        except Exception as error:  # whatever one file does to the parser, the rest go on
            line = {"file": name, "error": getattr(error, "sentence", None) or f"{type(error).__name__}: {error}"}
        sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
        sys.stdout.buffer.flush()
    return 0


def _new_channel(arguments: argparse.Namespace, _: Settings) -> int:
    from innboks.scaffold import new_channel

    for file in new_channel(arguments.name, arguments.into):
        print(f"wrote {file}")
    where = f"INNBOKS_CHANNELS={arguments.into} " if arguments.into else ""
    print(f"\nIts checks say what is to be filled in:\n  {where}.venv/bin/pytest tests/channels/test_every_channel.py -k {arguments.name}")
    print("docs/develop/adding-a-channel.md goes through it.")
    return 0


# ── the server's own ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _backup(arguments: argparse.Namespace, settings: Settings) -> int:
    from innboks.backup import backup

    done = backup(settings, arguments.file)
    print(f"{arguments.file} holds the database and {done.files} files.")
    return 0


def _restore(arguments: argparse.Namespace, settings: Settings) -> int:
    from innboks.backup import restore

    done = restore(settings, arguments.file, verify=arguments.verify)
    words = "is whole and can be restored" if arguments.verify else "is restored"
    print(f"{arguments.file} {words}: the database and {done.files} files.")
    return 0


def _doctor(_: argparse.Namespace, settings: Settings) -> int:
    from innboks.doctor import doctor

    findings = doctor(settings)
    for finding in findings:
        print(f"{'ok   ' if finding.ok else 'WRONG'}  {finding.sentence}")
        if not finding.ok and finding.what_to_do:
            print(f"       {finding.what_to_do}")
    return 0 if all(finding.ok for finding in findings) else FAILED


def _schema(_: argparse.Namespace, settings: Settings) -> int:
    import msgspec

    from innboks.api.routes import openapi

    print(msgspec.json.format(msgspec.json.encode(openapi()), indent=2).decode())
    return 0
