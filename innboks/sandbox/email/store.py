"""The one question that the sandbox asks the database: which addresses of the team are connected. Everything else goes over SMTP."""

import msgspec
import psycopg

TIMEOUT_S = 2


class Address(msgspec.Struct, frozen=True):
    """A connected address of the team. `name` is the channel account's, for people who pick one; `hosted` is where its mail is forwarded to."""

    address: str
    name: str
    hosted: str


def connected_addresses(dsn: str, kind: str) -> list[Address]:
    """Of all accounts, oldest first, and last those that Innboks gave out itself. Raises psycopg.Error when the database cannot say."""
    with psycopg.connect(dsn, connect_timeout=TIMEOUT_S, autocommit=True) as conn:
        rows = conn.execute(
            """select address, name, hosted_address from channel_account
               where kind = %s and archived_at is null and is_active and hosted_address is not null order by is_fallback, created_at, id limit 200""",
            (kind,),
        )
        return [Address(*row) for row in rows]
