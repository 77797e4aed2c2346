"""The operator's settings, read once at start from the environment or `innboks.toml`.

Why it exists: every other module gets its settings as arguments, so this is the only file that knows the names of
DESIGN §3 and how a value is written. A wrong value is refused here with a sentence that names the setting and says what
to write, before anything starts. Read next: `supervise.py`, which turns settings into running processes.
"""

import os
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

DEFAULT_HTTP = "127.0.0.1:8080"
DEFAULT_SMTP = "127.0.0.1:2525"
DEFAULT_MAIL_SIZE = 50 * 1024 * 1024
LIMIT_PERSON, LIMIT_ACCOUNT, LIMIT_ADDRESS = 2000, 5000, 3000
"""A second, in one process: far above what people and providers do, and below what would leave nothing for others on a large machine."""
SECRET_BYTES = 32
SECRET_MIN_CHARS = 16

T = TypeVar("T")

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}
_PROVIDER = re.compile(r"INNBOKS_([A-Z0-9_]+)_URL")
_PROVIDER_CLIENT = re.compile(r"INNBOKS_([A-Z0-9]+)_(CLIENT_ID|CLIENT_SECRET|TENANT)")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_SIZE = re.compile(r"(\d+)\s*(B|KB|KIB|MB|MIB|GB|GIB)?", re.IGNORECASE)
_SIZE_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_FILES_SCHEMES = ("s3", "gs", "az", "file")


class InvalidSetting(Exception):
    """A setting that cannot be used. `str()` is one sentence for the operator; `name` is the setting."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name}: {sentence}")
        self.name = name


class Endpoint(msgspec.Struct, frozen=True):
    """Where a socket listens. `port` 0 lets the system choose a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class MailRelay(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server that takes mail from us for everybody. `tls` "auto": from the start on port 465, else STARTTLS where it is offered."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: Literal["auto", "tls", "starttls", "none"] = "auto"

    def __repr__(self) -> str:
        return f"MailRelay({self.host}:{self.port})"


class ProviderClient(msgspec.Struct, frozen=True, kw_only=True):
    """This server as it is registered at a provider (OAuth 2.0). `tenant` only where the provider has such: whose people may sign in."""

    id: str
    secret: str = ""
    tenant: str = ""

    def __repr__(self) -> str:
        return f"ProviderClient({self.id!r})"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator can set, parsed. Made by `load_settings`."""

    http: Endpoint
    smtp: Endpoint
    data: Path
    """Folder of the secret, the embedded database and the local files. Absolute."""
    url: str
    """Public base address, without a slash at the end."""
    secret: str
    database_url: str | None = None
    backplane_url: str | None = None
    files_url: str | None = None
    pg_bin: Path | None = None
    """Folder with `postgres` and `initdb`, instead of the bundled ones."""
    provider_urls: dict[str, str] = {}
    """Provider name in lower case → base address of its API, from INNBOKS_<PROVIDER>_URL."""
    provider_clients: dict[str, ProviderClient] = {}
    """Provider name in lower case → this server's registration there, from INNBOKS_<PROVIDER>_CLIENT_ID, _CLIENT_SECRET and _TENANT."""
    allow_private: bool = False
    """May outgoing requests reach loopback and private addresses? Tests and the sandbox only."""
    smtp_cert: Path | None = None
    smtp_key: Path | None = None
    smtp_out: MailRelay | None = None
    """Sends for the addresses that have no SMTP server of their own. With the sandbox beside us its mail server, unless another is set: nothing leaves."""
    mail_domain: str = "localhost"
    mail_size: int = DEFAULT_MAIL_SIZE
    """Largest mail accepted, bytes."""
    mail_checks: bool = True
    """Are DKIM, SPF and DMARC of received mail checked, which asks the DNS about senders' domains?"""
    limit_person: int = LIMIT_PERSON
    """Requests a second of one person to the API, in one process; ten seconds' worth may come at once. 0: no limit, here and below."""
    limit_account: int = LIMIT_ACCOUNT
    """The same for everybody of an account together, and for what arrives for it by webhook and mail."""
    limit_address: int = LIMIT_ADDRESS
    """Webhooks, and mails, a second from one network address."""
    dns: Endpoint | None = None
    """The DNS server that these checks ask; None: the system's."""
    channel_folders: tuple[Path, ...] = ()
    """Folders with more channel folders, besides those that come with the product."""
    log: Literal["text", "json"] = "text"
    sandbox: bool = False
    """Does `innboks run` start the sandbox too?"""
    sandbox_http: Endpoint = Endpoint("127.0.0.1", 8025)
    sandbox_smtp: Endpoint = Endpoint("127.0.0.1", 2526)

    def __repr__(self) -> str:
        return f"Settings(http={self.http}, smtp={self.smtp}, data={str(self.data)!r}, url={self.url!r})"


def load_settings(environ: Mapping[str, str], cwd: Path, *, needs_secret: bool = True) -> Settings:
    """Settings from `environ`, then from `innboks.toml` in `cwd`, then defaults. Environment wins.

    Creates the data folder and, without INNBOKS_SECRET, a random secret in it (`secret`, readable by its owner only).
    With `needs_secret` False, for commands that open nothing, no folder is made. Raises InvalidSetting with a sentence for the operator.
    """
    given = _given(environ, cwd / "innboks.toml")

    def get(name: str, parse: Callable[[str, str], T], default: T) -> T:
        text = given.get(name, "").strip()
        return parse(name, text) if text else default

    http = get("INNBOKS_HTTP", _endpoint, _endpoint("INNBOKS_HTTP", DEFAULT_HTTP))
    url = get("INNBOKS_URL", _web_url, f"http://{_reachable(http)}")
    cert, key = (get(name, lambda n, t: _file(n, t, cwd), None) for name in ("INNBOKS_SMTP_CERT", "INNBOKS_SMTP_KEY"))
    if (cert is None) != (key is None):
        missing = "INNBOKS_SMTP_KEY" if key is None else "INNBOKS_SMTP_CERT"
        raise InvalidSetting(
            missing, "is missing. STARTTLS needs both INNBOKS_SMTP_CERT and INNBOKS_SMTP_KEY; write the path of a PEM file."
        )
    has_sandbox = get("INNBOKS_SANDBOX", _flag, False)
    sandbox_smtp = get("INNBOKS_SANDBOX_SMTP", _near_endpoint, Endpoint("127.0.0.1", 2526))
    toy = MailRelay(host=sandbox_smtp.host, port=sandbox_smtp.port, tls="none") if has_sandbox else None
    data = (cwd / (given.get("INNBOKS_DATA", "").strip() or "data")).expanduser().resolve()
    return Settings(
        http=http,
        smtp=get("INNBOKS_SMTP", _endpoint, _endpoint("INNBOKS_SMTP", DEFAULT_SMTP)),
        data=data,
        url=url,
        secret=get("INNBOKS_SECRET", _secret, "") or (_kept_secret(data) if needs_secret else ""),
        database_url=get("DATABASE_URL", _database_url, None),
        backplane_url=get("BACKPLANE_URL", _backplane_url, None),
        files_url=get("FILES_URL", _files_url, None),
        pg_bin=get("INNBOKS_PG_BIN", lambda n, t: _pg_bin(n, t, cwd), None),
        provider_urls=_provider_urls(given),
        provider_clients=_provider_clients(given),
        allow_private=get("INNBOKS_ALLOW_PRIVATE", _flag, False),
        smtp_cert=cert,
        smtp_key=key,
        smtp_out=get("INNBOKS_SMTP_OUT", lambda n, t: _mail_relay(n, t, given), toy),
        mail_domain=get("INNBOKS_MAIL_DOMAIN", _domain, _default_domain(url)),
        mail_size=get("INNBOKS_MAIL_SIZE", _size, DEFAULT_MAIL_SIZE),
        mail_checks=get("INNBOKS_MAIL_CHECKS", _flag, True),
        limit_person=get("INNBOKS_LIMIT_PERSON", _rate, LIMIT_PERSON),
        limit_account=get("INNBOKS_LIMIT_ACCOUNT", _rate, LIMIT_ACCOUNT),
        limit_address=get("INNBOKS_LIMIT_ADDRESS", _rate, LIMIT_ADDRESS),
        dns=get("INNBOKS_DNS", _dns_server, None),
        channel_folders=get("INNBOKS_CHANNELS", lambda n, t: _folders(n, t, cwd), ()),
        log=get("INNBOKS_LOG", _log, "text"),
        sandbox=has_sandbox,
        sandbox_http=get("INNBOKS_SANDBOX_HTTP", _near_endpoint, Endpoint("127.0.0.1", 8025)),
        sandbox_smtp=sandbox_smtp,
    )


def _given(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    """What was set, under the environment's names; in the file both `http` and `INNBOKS_HTTP` are understood."""
    given: dict[str, str] = {}
    if file.is_file():
        import tomllib  # here, because the parent process of `innboks run` stays small

        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidSetting("innboks.toml", f'is not valid TOML ({error}). Write lines such as http = "127.0.0.1:8080".') from error
        for key, value in table.items():
            name = key.upper()
            if not name.startswith("INNBOKS_") and name not in ("DATABASE_URL", "BACKPLANE_URL", "FILES_URL"):
                name = f"INNBOKS_{name}"
            if not isinstance(value, str | int | bool):
                raise InvalidSetting(f"{key} in innboks.toml", "must be a text, a number, or true or false.")
            if not _is_known(name):
                known = ", ".join(sorted(n.removeprefix("INNBOKS_").lower() for n in _NAMES))
                raise InvalidSetting(
                    f"{key} in innboks.toml",
                    f"is not a setting. Settings are: {known}, and <provider>_url, <provider>_client_id, <provider>_client_secret, <provider>_tenant.",
                )
            given[name] = str(value)
    given.update({name: text for name, text in environ.items() if _is_known(name)})
    return given


def _is_known(name: str) -> bool:
    return name in _NAMES or bool(_PROVIDER.fullmatch(name) or _PROVIDER_CLIENT.fullmatch(name))


_NAMES = {
    "INNBOKS_HTTP",
    "INNBOKS_SMTP",
    "INNBOKS_DATA",
    "INNBOKS_URL",
    "INNBOKS_SECRET",
    "DATABASE_URL",
    "BACKPLANE_URL",
    "FILES_URL",
    "INNBOKS_PG_BIN",
    "INNBOKS_ALLOW_PRIVATE",
    "INNBOKS_SMTP_CERT",
    "INNBOKS_SMTP_KEY",
    "INNBOKS_SMTP_OUT",
    "INNBOKS_SMTP_OUT_USER",
    "INNBOKS_SMTP_OUT_PASSWORD",
    "INNBOKS_SMTP_OUT_TLS",
    "INNBOKS_MAIL_DOMAIN",
    "INNBOKS_MAIL_SIZE",
    "INNBOKS_MAIL_CHECKS",
    "INNBOKS_LIMIT_PERSON",
    "INNBOKS_LIMIT_ACCOUNT",
    "INNBOKS_LIMIT_ADDRESS",
    "INNBOKS_DNS",
    "INNBOKS_CHANNELS",
    "INNBOKS_LOG",
    "INNBOKS_SANDBOX",
    "INNBOKS_SANDBOX_HTTP",
    "INNBOKS_SANDBOX_SMTP",
}


def _endpoint(name: str, text: str) -> Endpoint:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65535 or re.search(r"[\s/@]", host):
        raise InvalidSetting(name, f"{text!r} is not an address to listen on. Write host:port, for example 127.0.0.1:8080.")
    return Endpoint(host or "0.0.0.0", int(port))  # noqa: S104 - ":8080" is the usual way to write "everywhere"


def _dns_server(name: str, text: str) -> Endpoint:
    try:
        endpoint = _endpoint(name, text)
        ip_address(endpoint.host)  # who would look up its name?
    except (InvalidSetting, ValueError) as error:
        raise InvalidSetting(name, f"{text!r} is not the address of a DNS server. Write address:port, for example 127.0.0.1:53.") from error
    return endpoint


def _near_endpoint(name: str, text: str) -> Endpoint:
    endpoint = _endpoint(name, text)
    if endpoint.host not in ("127.0.0.1", "::1", "localhost"):
        raise InvalidSetting(
            name, f"{text!r} can be reached from elsewhere, and the sandbox is a toy for this machine. Write 127.0.0.1:port."
        )
    return endpoint


def _reachable(http: Endpoint) -> Endpoint:
    return Endpoint("localhost", http.port) if http.host in ("0.0.0.0", "::") else http  # noqa: S104 - a comparison


def _web_url(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise InvalidSetting(name, f"{text!r} is not a web address. Write for example https://inbox.example.com.")
    return text.rstrip("/")


def _provider_urls(given: Mapping[str, str]) -> dict[str, str]:
    found = ((match.group(1).lower(), name, text) for name, text in given.items() if (match := _PROVIDER.fullmatch(name)))
    return {provider: _web_url(name, text.strip()) for provider, name, text in found if text.strip()}


def _provider_clients(given: Mapping[str, str]) -> dict[str, ProviderClient]:
    """A secret or a tenant without an id says that something was forgotten."""
    found: dict[str, dict[str, str]] = {}
    for name, text in given.items():
        if (match := _PROVIDER_CLIENT.fullmatch(name)) and text.strip():
            field = {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "TENANT": "tenant"}[match.group(2)]
            found.setdefault(match.group(1).lower(), {})[field] = text.strip()
    for provider, fields in found.items():
        if "id" not in fields:
            name = f"INNBOKS_{provider.upper()}_CLIENT_ID"
            raise InvalidSetting(name, "is missing. Write the id that the provider gave to this server when it was registered there.")
        if not re.fullmatch(r"[A-Za-z0-9.-]{0,200}", fields.get("tenant", "")):
            raise InvalidSetting(
                f"INNBOKS_{provider.upper()}_TENANT", "is not a tenant. Write its id or its domain, for example example.com."
            )
    return {provider: ProviderClient(**fields) for provider, fields in found.items()}


def _mail_relay(name: str, text: str, given: Mapping[str, str]) -> MailRelay:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) <= 65535 or re.search(r"[\s/@]", host):
        raise InvalidSetting(name, f"{text!r} is not a mail server. Write host:port, for example smtp.example.com:587.")
    tls = given.get(f"{name}_TLS", "").strip().lower() or "auto"
    if tls not in ("auto", "tls", "starttls", "none"):
        raise InvalidSetting(f"{name}_TLS", f"{tls!r} is not an encryption. Write auto, tls, starttls or none.")
    user, password = given.get(f"{name}_USER", "").strip(), given.get(f"{name}_PASSWORD", "")
    if bool(user) != bool(password):
        raise InvalidSetting(f"{name}_{'PASSWORD' if user else 'USER'}", "is missing. A login needs both a user and a password.")
    return MailRelay(host=host, port=int(port), user=user, password=password, tls=tls)  # type: ignore[arg-type]  # checked above


def _database_url(name: str, text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://")) or re.search(r"\s", text):
        raise InvalidSetting(name, "is not a PostgreSQL address. Write postgresql://user:password@host:5432/name.")
    return text


def _backplane_url(name: str, text: str) -> str:
    if urlsplit(text).scheme not in ("redis", "rediss", "nats", "tls"):
        raise InvalidSetting(name, "must be the address of Redis or NATS. Write redis://host:6379 or nats://host:4222.")
    return text


def _files_url(name: str, text: str) -> str:
    if urlsplit(text).scheme not in _FILES_SCHEMES:
        raise InvalidSetting(name, "must name a store. Write s3://bucket/folder, gs://bucket/folder or az://container/folder.")
    return text


def _file(name: str, text: str, cwd: Path) -> Path:
    path = (cwd / text).expanduser()
    if not path.is_file() or not os.access(path, os.R_OK):
        raise InvalidSetting(name, f"{text!r} is not a file that can be read. Write the path of a PEM file.")
    return path


def _pg_bin(name: str, text: str, cwd: Path) -> Path:
    path = (cwd / text).expanduser()
    if not (path / "postgres").is_file() or not (path / "initdb").is_file():
        raise InvalidSetting(
            name,
            f"{text!r} holds no postgres and initdb. Write the folder of PostgreSQL's programs, for example /usr/lib/postgresql/17/bin.",
        )
    return path


def _flag(name: str, text: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise InvalidSetting(name, f"{text!r} is neither yes nor no. Write true or false.")


def _domain(name: str, text: str) -> str:
    try:
        domain = text.rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise InvalidSetting(name, f"{text!r} is not a domain name. Write for example mail.example.com.")
    return domain


def _default_domain(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return "localhost" if re.fullmatch(r"[0-9.]+|.*:.*|", host) else host


def _size(name: str, text: str) -> int:
    match = _SIZE.fullmatch(text)
    size = int(match.group(1)) * _SIZE_UNITS[(match.group(2) or "B").upper()] if match else 0
    if not 1024 <= size <= 2**31:
        raise InvalidSetting(name, f"{text!r} is not a usable size. Write bytes, or for example 50MiB; between 1 KiB and 2 GiB.")
    return size


def _rate(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 1_000_000:
        raise InvalidSetting(name, f"{text!r} is not a number of times a second. Write a whole number such as 500, or 0 for no limit.")
    return int(text)


def _log(name: str, text: str) -> Literal["text", "json"]:
    match text.lower():
        case "text":
            return "text"
        case "json":
            return "json"
    raise InvalidSetting(name, f"{text!r} is not a log format. Write text or json.")


def _secret(name: str, text: str) -> str:
    if len(text) < SECRET_MIN_CHARS:
        raise InvalidSetting(
            name, f"is too short. Write at least {SECRET_MIN_CHARS} random characters, or leave it out and one is made in the data folder."
        )
    return text


def _kept_secret(data: Path) -> str:
    """The secret kept in the data folder, made at the first start. Written whole or not at all, also when two start at once."""
    file = data / "secret"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            fresh = data / f".secret.{os.getpid()}.{os.urandom(4).hex()}"
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(os.urandom(SECRET_BYTES).hex() + "\n")
                out.flush()
                os.fsync(out.fileno())
            try:
                os.link(fresh, file)  # fails when somebody else was first: theirs counts
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        kept = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InvalidSetting(
            "INNBOKS_DATA", f"{str(data)!r} cannot be used ({error.strerror}). Write the path of a folder that this user may write to."
        ) from error
    if len(kept) < SECRET_MIN_CHARS:
        raise InvalidSetting(
            "INNBOKS_SECRET",
            f"{str(file)!r} is empty or damaged. Put it back from a backup: without it, stored passwords of channels cannot be read.",
        )
    return kept


def _folders(name: str, text: str, cwd: Path) -> tuple[Path, ...]:
    folders = tuple((cwd / one.strip()).expanduser().resolve() for one in text.split(os.pathsep) if one.strip())
    for folder in folders:
        if not folder.is_dir():
            raise InvalidSetting(name, f"“{folder}” is not a folder. Write the path of a folder that holds channel folders.")
    return folders
