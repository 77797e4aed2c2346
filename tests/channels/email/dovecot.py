"""A real IMAP server for the tests: Debian's Dovecot, on a free port of this machine, with one mailbox in Maildir form.

Maildir is one file a mail, so a test can do by hand what happens to mailboxes: deliver, move, break a file, make all UIDs new. It runs as an
ordinary user also where the tests run as root, as Dovecot wants it.
"""

import getpass
import imaplib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port

USER, PASSWORD = "team@team.example", "p\u00e4ss word"
_NUMBERS = itertools.count(1)
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
default_internal_user = {name}
default_internal_group = {group}
default_login_user = {name}
mail_location = maildir:{home}/mail
mail_uid = {name}
mail_gid = {group}
mail_plugins =
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
{extra}
mail_max_userip_connections = 100
imap_idle_notify_interval = 2 mins
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = create
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """One server with one mailbox, which starts and stops as a test likes; what lies in the mailbox stays."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.mail = home / "mail"
        self.port = free_port()
        self.extra = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = pwd.getpwnam("nobody" if os.getuid() == 0 else getpass.getuser())
        self.mail.mkdir()
        (home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        self.configure()

    def configure(self, certificate: Path | None = None, extra: str = "") -> None:
        """Before a start. With a certificate (PEM, key included) the server offers STARTTLS; `extra` are lines of Dovecot's own settings."""
        self.extra = extra
        files = f"ssl_cert = <{certificate}\nssl_key = <{certificate}" if certificate else ""
        group = _group_name(self._owner.pw_gid)
        text = _CONFIG.format(
            home=self.home,
            name=self._owner.pw_name,
            group=group,
            uid=self._owner.pw_uid,
            gid=self._owner.pw_gid,
            port=self.port,
            ssl="yes" if certificate else "no",
            certificate=files,
            extra=self.extra,
        )
        (self.home / "dovecot.conf").write_text(text)

    def start(self) -> None:
        if os.getuid() == 0:
            for path in (self.home, *self.home.rglob("*")):
                if path.stat().st_mode & 0o777:
                    os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
        as_user = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        command = [shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", str(self.home / "dovecot.conf")]
        self._process = subprocess.Popen(command, cwd=self.home, start_new_session=True, **as_user)  # type: ignore[call-overload]
        deadline = time.monotonic() + 15
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as sock:
                    if sock.recv(100).startswith(b"* OK"):
                        return
            except OSError:
                pass
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError("Dovecot did not start:\n" + (self.home / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """Cuts every connection, too."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            while self._still_listens():  # its children die a moment later
                time.sleep(0.01)
            for pid_file in self.home.glob("run/*.pid"):
                pid_file.unlink()

    def _still_listens(self) -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def config(self, smtp_port: int) -> dict[str, Any]:
        """How its mailbox is connected, with a server that takes what it sends."""
        incoming = {"imap_host": "127.0.0.1", "imap_port": self.port, "imap_password": PASSWORD}
        return {"method": "imap", "address": USER, **incoming, "smtp_host": "127.0.0.1", "smtp_port": smtp_port, "smtp_tls": "none"}

    # ── the mailbox, by hand ─────────────────────────────────────────────────────────────────────────────────────────────────

    def folder(self, name: str = "INBOX") -> Path:
        """Where a folder's mails lie, made when it is missing."""
        path = self.mail if name == "INBOX" else self.mail / f".{name}"
        for part in ("cur", "new", "tmp"):
            (path / part).mkdir(parents=True, exist_ok=True)
            self._give(path / part)
        self._give(path)
        return path

    def put(self, raw: bytes, folder: str = "INBOX", *, at: float | None = None, is_read: bool = False) -> Path:
        """Delivers a mail as a mail server does. `at`: when it arrived (seconds since 1970), now when not given."""
        place = self.folder(folder)
        name = f"{int(time.time())}.M{next(_NUMBERS):06d}P{os.getpid()}.example"
        written = place / "tmp" / name
        written.write_bytes(raw)
        self._give(written)
        if at is not None:
            os.utime(written, (at, at))
        arrived = place / "cur" / f"{name}:2,S" if is_read else place / "new" / name
        written.rename(arrived)
        return arrived

    def move(self, name: str, to: str) -> None:
        """A person moves a mail from the INBOX to another folder, in another program."""
        target = self.folder(to) / "cur"
        for part in ("new", "cur"):
            for path in (self.mail / part).glob(f"{name.partition(':')[0]}*"):
                path.rename(target / (path.name if ":2," in path.name else f"{path.name}:2,S"))

    def renew_uids(self, folder: str = "INBOX") -> None:
        """Everything the server knew of the folder is gone: the next look gives another UIDVALIDITY (the one after the last, which stands beside the folders)
        and other UIDs."""
        path = self.mail if folder == "INBOX" else self.mail / f".{folder}"
        for one in path.glob("dovecot*"):
            if not one.name.startswith("dovecot-uidvalidity"):
                one.unlink()

    def flags(self) -> dict[str, str]:
        """File names of the INBOX after "2,": S is seen, T is deleted."""
        return {
            path.name.partition(":")[0]: path.name.partition(":2,")[2] for part in ("new", "cur") for path in (self.mail / part).iterdir()
        }

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """The mailbox's owner, in another program."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield client

    def _give(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A running server in a folder of its own. The folder is below /tmp because its sockets' names may be 100 letters long at most."""
    home = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
    home.chmod(0o755)
    server = Dovecot(home)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _group_name(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name
