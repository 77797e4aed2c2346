"""A mailbox at a provider, for a story: a real IMAP server, an SMTP server that puts what it takes into the mailbox, and a DNS that names both.

Says in one line of JSON where they are, and ends with its input.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.channels.email.dns_server import dns_server
from tests.channels.email.dovecot import PASSWORD, USER, Dovecot, dovecot


class Provider:
    """Takes mail from anybody for the one mailbox; who signs in has to know its password."""

    def __init__(self, mailbox: Dovecot) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        assert isinstance(envelope.content, bytes)
        self._mailbox.put(envelope.content)
        return "250 taken"


def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
    return AuthResult(success=is_right, handled=False)  # the answer is the server's to give; “handled” would mean that it was given here


async def main() -> None:
    with dovecot() as mailbox:
        smtp = await asyncio.get_running_loop().create_server(
            lambda: SMTP(Provider(mailbox), authenticator=knows, auth_require_tls=False), "127.0.0.1", 0
        )
        port = smtp.sockets[0].getsockname()[1]
        domain = USER.partition("@")[2]
        records = {
            (f"_imap._tcp.{domain}", "SRV"): [f"0 0 {mailbox.port} localhost."],
            (f"_submission._tcp.{domain}", "SRV"): [f"0 0 {port} localhost."],
        }
        async with dns_server(records) as dns:
            facts = {"address": USER, "password": PASSWORD, "imapPort": mailbox.port, "smtpPort": port, "dns": dns.address}
            print(json.dumps(facts), flush=True)
            await asyncio.to_thread(sys.stdin.read)
        smtp.close()


asyncio.run(main())
