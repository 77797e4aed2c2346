"""The checks that every channel passes. A channel's tests are files; this reads them, and tells in sentences what is missing or wrong.

    fixtures/config.json      what an admin filled in; "{provider}" becomes the address of the stand-in
    fixtures/connect.json     {"exchange": […], "result": {"identity", "address"}}: what `connect` asks and finds out
    fixtures/in_text.http     a request as the provider sent it: request line, headers, an empty line, the body
    fixtures/in_text.json     the happenings that it means
    fixtures/out_text.json    {"outgoing": {…}, "exchange": […], "result": {"external_ids": […]}}: what `send` asks and returns
    fixtures/refused_*.json   {"outgoing", "exchange", "error": {"class", "code"}}: how this provider says no in its own way, and what that means;
                              a channel with a reply window has `refused_window_closed.json`

An exchange is a list of {"request": {"method", "path", "headers"?, "json"?, "body"?}, "answer": {"status"?, "json"?, "body"?}}. The requests are
made by the real client (`http.py`) to a real server on this machine, `stand_in.py`. Then the provider misbehaves in every way of the
table below, and what comes in is damaged, doubled and out of order in every way: what must happen is the same for every channel, so nobody
writes it twice. A channel that speaks another protocol answers the same table by its own servers (`ROWS`).
Read next: `docs/develop/adding-a-channel.md`; `tests/channels/test_every_channel.py`, which runs this.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog

from innboks.errors import BadSignature, Blocked, Broken, InnboksError, Refused, Rejected, Retry, SendError, Uncertain, Unrecognised
from innboks.lib.clock import FakeClock
from innboks.sdk.contract import AccountRef, Author, Channel, Connected, Context, Happening, Inbound, Outgoing, OutgoingFile, Party, Sent
from innboks.sdk.http import HttpClient
from innboks.sdk.parsing import key_of
from innboks.sdk.stand_in import Answer, Exchange, StandIn

PATIENCE_S = 0.3
"""How long the client waits for an answer here, instead of half a minute."""
PLACEHOLDER = "placeholder"
GUIDE_FOR = re.compile(r"^<!-- (\w+): ([\w -]+) -->$", re.MULTILINE)
"""What of a guide is meant for some values of a field: `web/src/features/channels/guideFor.ts`."""
"""Stands in what `innboks new-channel` writes and a person has to replace."""


class Subject(msgspec.Struct, frozen=True):
    """The channel under test and its folder."""

    channel: Channel
    folder: Path

    @property
    def fixtures(self) -> Path:
        return self.folder / "fixtures"

    @property
    def speaks_http(self) -> bool:
        """Are its tests the files that this module reads? Another channel has tests of its own, and `facts` alone is for it."""
        return (self.fixtures / "config.json").is_file()


Check = Callable[[Subject], Awaitable[list[str]]]
"""Looks at one thing and returns a sentence for each fault, none when all is well."""


# ── what it says of itself ───────────────────────────────────────────────────────────────────────────────────────────────────


async def facts(subject: Subject) -> list[str]:
    """Kind, abilities, form, guide and icon: what the agent app shows without knowing the channel."""
    channel, folder = subject.channel, subject.folder
    said: list[str] = []
    if channel.kind != folder.name or not re.fullmatch(r"[a-z][a-z0-9_]*", channel.kind):
        said.append(f"The kind is “{channel.kind}” and the folder “{folder.name}”: both must be the same word, in small letters.")
    if type(channel).abilities is Channel.abilities:
        said.append("Say in `abilities` what the channel can do: the composer and the road out obey it.")
    fields = msgspec.json.schema(channel.Config).get("$defs", {}).get(channel.Config.__name__, {}).get("properties", {})
    if not fields:
        said.append("`Config` has no fields: what does an admin fill in to connect this channel?")
    said += [
        f"The field `{name}` of `Config` has no title: people read it in the form."
        for name, field in fields.items()
        if not field.get("title")
    ]
    secret = re.compile(r"token|secret|password|key$")
    said += [
        f"The field `{name}` of `Config` looks like a secret: mark it “writeOnly”, so that it is never shown again."
        for name, field in fields.items()
        if secret.search(name) and not field.get("writeOnly")
    ]
    for name, why in (
        ("guide.md", "what an admin has to do, step by step"),
        ("icon.svg", "the channel's icon, 24 by 24, in `currentColor`"),
    ):
        file = folder / name
        if not file.is_file() or PLACEHOLDER in file.read_text(encoding="utf-8"):
            said.append(f"`{name}` is not written yet: {why}.")
    for guide in sorted(folder.glob("guide*.md")):
        for field, values in GUIDE_FOR.findall(guide.read_text(encoding="utf-8")):
            offered = _offered(channel.Config, field)
            said += [
                f"`{guide.name}` has a part for “{field}: {one}”, which `Config` does not offer."
                for one in values.split()
                if one not in offered
            ]
    return said


def _offered(config: type[msgspec.Struct], field: str) -> list[Any]:
    """The values that a field of a form lets one choose."""
    _, described = msgspec.json.schema_components([config])
    asked = described[config.__name__].get("properties", {}).get(field, {})
    return list(described.get(asked.get("$ref", "").rpartition("/")[2], asked).get("enum", []))


# ── connecting ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def connecting(subject: Subject) -> list[str]:
    """`connect` makes exactly the requests of `connect.json`, finds out what it says, and refuses in a sentence when the provider does not."""
    fixture, said = _read(subject.fixtures / "connect.json", "what `connect` asks the provider, and what it finds out")
    if fixture is None:
        return said
    exchange, wanted = _exchange(fixture), fixture.get("result", {})

    async def connect(ctx: Context) -> Connected:
        return await subject.channel.connect(ctx)

    said = await _compare(subject, "connect.json", exchange, connect, lambda got: {name: getattr(got, name) for name in wanted}, wanted)
    if not said:
        for nth in range(len(exchange)):
            for row in MISBEHAVIOURS[:1] + MISBEHAVIOURS[4:6]:
                said += await _misbehave(subject, "connect.json", exchange, nth, row, connect, (Refused, SendError))
    return said


# ── the way in ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def coming_in(subject: Subject) -> list[str]:
    """Every `in_*.http` is proved genuine and means exactly what the `.json` beside it says; reading it again gives the same, also after later ones,
    and what comes twice can be known again."""
    files = sorted(subject.fixtures.glob("in_*.http"))
    if not files:
        return ["There is no `fixtures/in_*.http`: record what the provider sends, one file for each kind of happening."]
    said: list[str] = []
    read: list[tuple[str, Inbound, list[Any]]] = []
    for file in files:
        inbound, wanted_file = inbound_from(file), file.with_suffix(".json")
        if PLACEHOLDER in file.read_text(encoding="utf-8", errors="replace"):
            said.append(f"`{file.name}` is a placeholder: put a request in it as the provider really sends it.")
            continue
        try:
            subject.channel.verify(_context(subject), inbound)
            got = [msgspec.to_builtins(one) for one in subject.channel.parse(_context(subject), inbound)]
            again = [msgspec.to_builtins(one) for one in subject.channel.parse(_context(subject), inbound)]
        except InnboksError as error:
            said.append(f"`{file.name}` is not understood: {error.sentence}")
            continue
        except Exception as error:
            said.append(f"`{file.name}` breaks the parser: {type(error).__name__}: {error}")
            continue
        if got != again:
            said.append(f"`{file.name}`: parsed twice, it means two things. `parse` has to be pure.")
        read.append((file.name, inbound, got))
        if any(one["type"] == "message" and not (one.get("external_id") or one.get("dedupe_key")) for one in got):
            said.append(f"`{file.name}`: a message without the provider's id, so it would be shown twice when it is delivered twice.")
        if not wanted_file.is_file():
            said.append(f"`{wanted_file.name}` is missing: the happenings that `{file.name}` means.")
            continue
        try:
            wanted = msgspec.to_builtins(msgspec.json.decode(wanted_file.read_bytes(), type=list[Happening]))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            said.append(f"`{wanted_file.name}` is not a list of happenings: {error}")
            continue
        said += [f"`{file.name}`: {difference}" for difference in _differences(wanted, got)]
    for name, inbound, got in reversed(read):
        if [msgspec.to_builtins(one) for one in subject.channel.parse(_context(subject), inbound)] != got:
            said.append(f"`{name}`: after what came later, it means something else. `parse` has to be pure.")
    return said


async def damaged(subject: Subject) -> list[str]:
    """What is forged is refused, and what is cut off, empty or nonsense is said to be not understood. Nothing else may happen."""
    said: list[str] = []
    for file in sorted(subject.fixtures.glob("in_*.http")):
        inbound, ctx = inbound_from(file), _context(subject)
        if PLACEHOLDER in file.read_text(encoding="utf-8", errors="replace"):
            said.append(f"`{file.name}` is a placeholder: nothing can be damaged yet.")
            continue
        bare = msgspec.structs.replace(inbound, headers={}, query={}, path="")
        try:
            subject.channel.verify(ctx, bare)
            said.append(f"`{file.name}` is accepted without its headers and query: anybody could send it. `verify` has to refuse it.")
        except BadSignature:
            pass
        except Exception as error:
            said.append(f"`{file.name}` without its headers: `verify` raises {type(error).__name__} instead of BadSignature.")
        wrong = msgspec.structs.replace(
            inbound, headers=_backwards(inbound.headers), query=_backwards(inbound.query), path=inbound.path[::-1]
        )
        try:
            subject.channel.verify(ctx, wrong)
            said.append(f"`{file.name}` is accepted with a wrong signature. `verify` has to refuse it.")
        except BadSignature:
            pass
        except Exception as error:
            said.append(f"`{file.name}` with a wrong signature: `verify` raises {type(error).__name__} instead of BadSignature.")
        for body in _damages(inbound.body):
            try:
                subject.channel.parse(ctx, msgspec.structs.replace(inbound, body=body))
            except Unrecognised:
                continue
            except Exception as error:
                said.append(f"`{file.name}` damaged to {body[:30]!r}: `parse` raises {type(error).__name__} instead of Unrecognised.")
                break
    return said


def _backwards(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value[::-1] for name, value in values.items()}


def _damages(body: bytes) -> Iterator[bytes]:
    yield from (b"", b"{}", b"[]", b"null", b"1", b'"text"', b"\0" * 20, b"\xff\xfe\x00<", b"<html><body>Bad gateway</body></html>")
    yield from (body[: len(body) * part // 8] for part in range(1, 8))
    yield body.replace(b"true", b"{}").replace(b'"', b"'")
    yield re.sub(rb"\d+", b"null", body)
    yield re.sub(rb':\s*"[^"]*"', b": 7", body)
    yield re.sub(rb':\s*"[^"]*"', b': "something-new"', body)  # a happening that the provider invented since


# ── the way out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def going_out(subject: Subject) -> list[str]:
    """Every `out_*.json` makes exactly its requests, and is sent under the ids that it says."""
    files = sorted(subject.fixtures.glob("out_*.json"))
    if not files and not subject.channel.abilities.is_recorded_sent:
        return ["There is no `fixtures/out_*.json`: a message, the requests that send it, and the ids that it gets."]
    said: list[str] = []
    for file in files:
        fixture, problems = _read(file, "a message, the requests that send it, and the ids that it gets")
        said += problems
        if fixture is not None:
            wanted = {"external_ids": list(fixture.get("result", {}).get("external_ids", []))}
            said += await _compare(
                subject,
                file.name,
                _exchange(fixture),
                _sending(subject, fixture),
                lambda sent: {"external_ids": list(sent.external_ids)},
                wanted,
            )
    return said


Errors = tuple[type[InnboksError], ...]
MISBEHAVIOURS: list[tuple[str, Answer, Errors]] = [
    ("answers 401 (a revoked token)", Answer(401, b'{"error": "unauthorized"}'), (Broken,)),
    ("answers 403", Answer(403, b'{"error": "forbidden"}'), (Broken, Blocked, Rejected)),
    ("answers 404", Answer(404, b'{"error": "not found"}'), (Rejected, Blocked, Broken)),
    ("answers 429", Answer(429, b'{"error": "slow down"}', {"retry-after": "7"}), (Retry,)),
    ("answers 500", Answer(500, b"oops", {"content-type": "text/plain"}), (Retry,)),
    ("answers with a web page", Answer(200, b"<html><body>Sign in</body></html>", {"content-type": "text/html"}), (Retry, Uncertain)),
    ("answers nothing", Answer(200, b""), (Retry, Uncertain)),
    ("breaks off in the middle", Answer(200, b'{"id": "1', is_cut_off=True), (Retry, Uncertain)),
    ("does not answer in time", Answer(200, b"{}", after_s=3 * PATIENCE_S), (Retry, Uncertain)),
]
"""How a provider misbehaves, and which errors may come of it: an error's class says what happens next (`errors.py`)."""
WINDOW_CLOSED = "refused_window_closed.json"
ON_THE_ROAD = (
    "delivers twice",
    "delivers out of order",
    "signs wrongly",
    "tells of something unknown",
    "says that the reply window is closed",
)
"""What a provider also does. In files, `coming_in`, `damaged` and `misbehaving` look at it; on the whole road in, `tests/channels/test_misbehaviour.py`."""
ROWS = (*(row[0] for row in MISBEHAVIOURS), *ON_THE_ROAD)
"""The whole table by name: a channel that does not speak HTTP has an answer to each of these in its own tests."""


async def misbehaving(subject: Subject) -> list[str]:
    """The provider misbehaves at each request of each `out_*.json`. Taken for success it would lose a message; of the wrong class it would
    be sent twice or never."""
    said: list[str] = []
    for file in sorted(subject.fixtures.glob("out_*.json")):
        fixture, problems = _read(file, "the provider cannot misbehave yet")
        if fixture is None:
            said += problems
            continue
        exchange = _exchange(fixture)
        for nth, (_, answer) in enumerate(exchange):
            for row in MISBEHAVIOURS:
                if answer.body or row[0] != "answers nothing":
                    said += await _misbehave(subject, file.name, exchange, nth, row, _sending(subject, fixture), row[2])
    if subject.channel.abilities.reply_window_s and not (subject.fixtures / WINDOW_CLOSED).is_file():
        said.append(f"`fixtures/{WINDOW_CLOSED}` is missing: how the provider refuses an answer that comes after its reply window.")
    for file in sorted(subject.fixtures.glob("refused_*.json")):
        said += await _refused(subject, file)
    return said


async def _refused(subject: Subject, file: Path) -> list[str]:
    """What the provider refuses in its own words fails for good, with the class and code that the file says."""
    fixture, said = _read(file, "a message, the requests that send it, and the error that its refusal means")
    if fixture is None:
        return said
    wanted = {"class": "Rejected", "code": file.stem.removeprefix("refused_"), **fixture.get("error", {})}
    if wanted["class"] not in ("Rejected", "Blocked"):
        return [f"`{file.name}`: a refusal is Rejected (this message) or Blocked (this person), not {wanted['class']}."]
    async with _provider(subject, _exchange(fixture)) as (stand_in, ctx):
        try:
            await _sending(subject, fixture)(ctx)
        except Exception as error:
            got = {"class": type(error).__name__, "code": getattr(error, "code", "")}
            return [f"`{file.name}`: {one}" for one in (*stand_in.complaints, *_differences(wanted, got))]
    return [f"`{file.name}`: the refusal is taken for success; it has to be {wanted['class']}."]


CHECKS: dict[str, Check] = {
    "facts": facts,
    "connecting": connecting,
    "coming in": coming_in,
    "damaged": damaged,
    "going out": going_out,
    "misbehaving": misbehaving,
}
"""All checks by name."""


# ── how they are run ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _compare(
    subject: Subject, name: str, exchange: Exchange, work: Callable[[Context], Awaitable[Any]], result: Callable[[Any], Any], wanted: Any
) -> list[str]:
    async with _provider(subject, exchange) as (stand_in, ctx):
        try:
            got = result(await work(ctx))
        except InnboksError as error:
            return [f"`{name}` fails ({type(error).__name__}): {error.sentence}", *stand_in.complaints]
        except Exception as error:
            return [f"`{name}` breaks: {type(error).__name__}: {error}", *stand_in.complaints]
        said = [f"`{name}`: {complaint}" for complaint in stand_in.complaints]
        if stand_in.asked < len(exchange):
            said.append(f"`{name}`: {stand_in.asked} of {len(exchange)} requests were made.")
        return said + [f"`{name}`: {difference}" for difference in _differences(wanted, got)]


async def _misbehave(
    subject: Subject,
    name: str,
    exchange: Exchange,
    nth: int,
    row: tuple[str, Answer, Errors],
    work: Callable[[Context], Awaitable[Any]],
    allowed: Errors,
) -> list[str]:
    what, answer, _ = row
    changed = [(request, answer if at == nth else usual) for at, (request, usual) in enumerate(exchange)]
    where = f"`{name}`, request {nth + 1}: when the provider {what}"
    names = " or ".join(one.__name__ for one in allowed)
    async with _provider(subject, changed) as (_stand_in, ctx):
        try:
            await work(ctx)
        except allowed as error:
            leaked = [secret for secret in _secrets(subject) if secret in f"{error.sentence} {getattr(error, 'detail', '')}"]
            said = [f"{where}, the error shows a secret of the configuration."] if leaked else []
            if isinstance(error, Retry) and answer.headers.get("retry-after") and error.after is None:
                said.append(f"{where} and says when to come back, that is not passed on (Retry.after).")
            return said
        except Exception as error:
            return [f"{where}, {type(error).__name__} is raised; it has to be {names}."]
    return [f"{where}, it is taken for success; it has to be {names}."]


@asynccontextmanager
async def _provider(subject: Subject, exchange: Exchange) -> AsyncIterator[tuple[StandIn, Context]]:
    """The stand-in, running, and a context with the real client, which may call it."""
    client = HttpClient(FakeClock(), allow_private=True, read_s=PATIENCE_S)
    async with StandIn(exchange) as stand_in:
        try:
            yield stand_in, _context(subject, client, stand_in.url)
        finally:
            await client.close()


def _context(subject: Subject, client: HttpClient | None = None, provider: str = "http://127.0.0.1:9") -> Context:
    channel = subject.channel
    file = subject.fixtures / "config.json"
    text = file.read_text(encoding="utf-8").replace("{provider}", provider) if file.is_file() else "{}"
    return Context(
        ref=AccountRef(account_id=1, id=1, name="Test", identity="test", address="test"),
        config=msgspec.json.decode(text, type=channel.Config),
        http=client or HttpClient(FakeClock()),
        clock=FakeClock(),
        log=structlog.get_logger("channel"),
        public_url="https://inbox.example.com",
        domain="inbox.example.com",
        secret=key_of(b"a key for tests only, of no value"),
        settings={"provider_urls": {channel.kind: provider}},
    )


def _secrets(subject: Subject) -> list[str]:
    """Values of the configuration's secret fields, as the fixture fills them in."""
    fields = msgspec.json.schema(subject.channel.Config)["$defs"][subject.channel.Config.__name__]["properties"]
    config = msgspec.to_builtins(_context(subject).config)
    return [str(config[name]) for name, field in fields.items() if field.get("writeOnly") and len(str(config.get(name) or "")) >= 4]


def _sending(subject: Subject, fixture: Mapping[str, Any]) -> Callable[[Context], Awaitable[Sent]]:
    async def send(ctx: Context) -> Sent:
        return await subject.channel.send(ctx, outgoing_from(fixture.get("outgoing", {})))

    return send


def outgoing_from(given: Mapping[str, Any]) -> Outgoing:
    """A message to send from what a fixture says of it; the rest is filled in. A file's `content` is text."""

    def file_from(one: Mapping[str, Any]) -> OutgoingFile:
        content = str(one.get("content", "")).encode()

        async def read() -> bytes:
            return content

        return OutgoingFile(
            name=one["name"], type=one["type"], size=len(content), content=read, is_inline=bool(one.get("is_inline", False))
        )

    plain = {name: value for name, value in given.items() if name not in ("files", "recipients", "author")}
    return Outgoing(
        **{"message_id": 1001, "conversation_id": 501, "text": "", "created_at": FakeClock().now(), **plain},
        author=msgspec.convert({"id": 7, "name": "Ada Example", **given.get("author", {})}, Author),
        recipients=msgspec.convert(given.get("recipients", []), list[Party]),
        files=[file_from(one) for one in given.get("files", [])],
    )


def inbound_from(file: Path) -> Inbound:
    """A recorded request: request line, headers, an empty line, the body. Line ends may be LF or CRLF."""
    head, _, body = file.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")
    line, *lines = head.decode("latin-1").split("\n")
    method, target, *_ = [*line.split(" "), "/"]
    path, _, query = target.partition("?")
    pairs = (one.partition("=") for one in query.split("&") if one)
    headers = (one.partition(":") for one in lines)
    return Inbound(
        body=body.removesuffix(b"\n"),
        method=method,
        path=path.lstrip("/"),
        query={name: value for name, _, value in pairs},
        headers={name.strip().lower(): value.strip() for name, _, value in headers},
    )


def _read(file: Path, what: str) -> tuple[dict[str, Any] | None, list[str]]:
    if not file.is_file():
        return None, [f"`fixtures/{file.name}` is missing: {what}."]
    if PLACEHOLDER in file.read_text(encoding="utf-8"):
        return None, [f"`{file.name}` is a placeholder: {what}."]
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any]), []
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        return None, [f"`{file.name}` is not the JSON that belongs there: {error}"]


def _exchange(fixture: Mapping[str, Any]) -> Exchange:
    return [(dict(one.get("request", {})), Answer.from_fixture(one.get("answer", {}))) for one in fixture.get("exchange", [])]


def _differences(wanted: Any, got: Any, where: str = "") -> list[str]:
    """A sentence for each place where two JSON values differ."""
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        names = [*wanted, *(name for name in got if name not in wanted)]
        return [one for name in names for one in _differences(wanted.get(name), got.get(name), f"{where}.{name}" if where else str(name))]
    if isinstance(wanted, Sequence) and isinstance(got, Sequence) and not isinstance(wanted, str) and len(wanted) == len(got):
        return [one for nth, pair in enumerate(zip(wanted, got, strict=True)) for one in _differences(*pair, f"{where}[{nth}]")]
    return [] if wanted == got else [f"{where or 'the whole'} should be {wanted!r}, but is {got!r}."]
