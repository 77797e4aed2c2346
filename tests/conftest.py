"""What every test may ask for: a migrated database of its own, settings, a clock that stands still, a vault, files.

One PostgreSQL serves the whole session: the server that DATABASE_URL names, or one of our own in a temporary folder, with the bundled programs or those
in the folder INNBOKS_TEST_PROGRAMS. The schema is migrated once, into a template; each test's database is a copy of it, made only for tests that ask.
"""

import io
import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import msgspec
import psycopg
import pytest
import structlog

from innboks.config import Settings, load_settings
from innboks.lib import embedded_postgres
from innboks.lib.clock import FakeClock
from innboks.lib.crypto import Vault
from innboks.lib.db import Database
from innboks.lib.files import Files, open_files
from innboks.lib.log import set_up_logging
from innboks.lib.migrate import migrate
from tests.one_connection import watched
from tests.provider import Provider, listening

SECRET = "a secret for tests only, of no value"


def _refuse_the_outside(event: str, args: tuple[object, ...]) -> None:
    """Tests talk to this machine alone; a stray request to a provider is a bug."""
    if event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = str(args[1][0])
        if host != "localhost" and not ip_address(host.partition("%")[0]).is_loopback:
            raise PermissionError(f"a test tried to connect to {host}: only loopback is allowed")


sys.addaudithook(_refuse_the_outside)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """No code of the package takes a second connection while it holds one."""
    with watched() as found:
        yield
    assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server on which databases may be made: the address of one of its databases."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    programs = os.environ.get("INNBOKS_TEST_PROGRAMS")
    server = embedded_postgres.start(tmp_path_factory.mktemp("server"), Path(programs) if programs else None, is_durable=False)
    yield server.dsn
    server.stop()


@pytest.fixture(scope="session")
def template(server_dsn: str) -> Iterator[str]:
    """The name of a migrated database to copy."""
    with _database(server_dsn) as (name, dsn):
        migrate(dsn)
        yield name


@pytest.fixture
def empty_dsn(server_dsn: str) -> Iterator[str]:
    """A database without any table."""
    with _database(server_dsn) as (_, dsn):
        yield dsn


@pytest.fixture
def dsn(server_dsn: str, template: str) -> Iterator[str]:
    """A migrated database of this test alone."""
    with _database(server_dsn, template) as (_, dsn):
        yield dsn


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    """The same, opened."""
    database = await Database.open(dsn, min_size=1, max_size=10)
    yield database
    await database.close()


@pytest.fixture
def plain_settings(tmp_path: Path) -> Settings:
    """Settings as an operator would give them; free ports, a data folder of the test's own, no database."""
    return load_settings(
        {
            "INNBOKS_HTTP": "127.0.0.1:0",
            "INNBOKS_SMTP": "127.0.0.1:0",
            "INNBOKS_DATA": str(tmp_path / "data"),
            "INNBOKS_URL": "http://inbox.example.com",
            "INNBOKS_SECRET": SECRET,
            "INNBOKS_ALLOW_PRIVATE": "true",
            "INNBOKS_MAIL_DOMAIN": "in.example.com",
            "INNBOKS_MAIL_CHECKS": "off",  # nobody outside is asked about senders
        },
        tmp_path,
    )


@pytest.fixture
def settings(plain_settings: Settings, dsn: str) -> Settings:
    """The same with this test's database."""
    return msgspec.structs.replace(plain_settings, database_url=dsn)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """Where a channel of the tests sends to."""
    async with listening() as made:
        yield made


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """The log, a JSON object a line."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("json", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files(None, tmp_path / "data")


@contextmanager
def _database(server_dsn: str, template: str = "template0") -> Iterator[tuple[str, str]]:
    name = f"innboks_test_{secrets.token_hex(6)}"
    with psycopg.connect(server_dsn, autocommit=True) as conn:
        strategy = "" if os.environ.get("DATABASE_URL") else "STRATEGY FILE_COPY"  # twice as fast where nothing is synced
        conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
    try:
        yield name, urlunsplit(urlsplit(server_dsn)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server_dsn, autocommit=True) as conn:
            conn.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for a database is marked `database`: `make test-database` runs these once more on a server of another making."""
    for item in items:
        if isinstance(item, pytest.Function) and "server_dsn" in item.fixturenames:
            item.add_marker(pytest.mark.database)
