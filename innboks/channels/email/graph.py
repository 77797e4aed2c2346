"""A Microsoft 365 mailbox over Microsoft Graph (v1.0): what came folder by folder, the mail as MIME, and sending so that it appears in Sent Items.

Reads: a delta query for each folder (its mark is a link; forgotten, the answer is 410), lists by time, single mails as `$value`. Ids are immutable
ones, which last when somebody files a mail. Sends in two steps: a draft, which does no harm if it is all that happens, then `send` of that draft.
A draft can be sent only once, so whatever answer was lost, trying again with the same draft sends nothing twice. Graph takes 4 MB at a time: larger
files are added to the draft in pieces. Read `cloud_mailbox.py` for the loop. https://learn.microsoft.com/graph/api/resources/mail-api-overview
"""

import asyncio
import base64
import contextlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import structlog

from innboks.channels.email import own
from innboks.channels.email.cloud_mailbox import Fetched, Found, Lost
from innboks.channels.email.compose import compose
from innboks.channels.email.graph_calls import Gone, GraphCalls, Page, Sendable
from innboks.channels.email.threading import normal_id
from innboks.errors import BadSignature, Rejected, Retry, SendError, Uncertain
from innboks.sdk.contract import Answer, Context, Grant, Inbound, Outgoing, OutgoingFile, Sent

log = structlog.get_logger("mailbox")
RAW_MAX = 160 * 2**20
IN_ONE_CALL = 2_500_000
"""Bytes of MIME in one call: as base64, below the 4 MB that Graph takes."""
PIECE = 320 * 1024 * 10
"""Bytes of a file in one call; a multiple of 320 KiB, as Graph wants it."""
LIVES = timedelta(days=2)
"""Of a subscription; Graph allows a little under three days for mail."""
RENEW_BEFORE = timedelta(hours=12)
LOOK_AGAIN = timedelta(seconds=20)
RETRY_PUSH = timedelta(minutes=30)
PUSH_PATH = "microsoft"

_FACTS = "id,receivedDateTime,sentDateTime,isDraft,parentFolderId,internetMessageId"
_NEVER = ("drafts", "junkemail", "deleteditems", "outbox")
"""Well-known names of folders in which no mail of ours is."""


class Folder(msgspec.Struct, frozen=True):
    id: str
    name: str
    is_sent: bool


class Graph:
    """One mailbox; a `Source` (`cloud_mailbox.py`)."""

    name = "Microsoft"

    def __init__(self, ctx: Context, grant: Grant | None = None) -> None:
        self._ctx = ctx
        self._graph = GraphCalls(ctx, grant)
        self.calls = self._graph.calls
        self._by_id: dict[str, Folder] = {}
        self._looked_for_folders = datetime.min.replace(tzinfo=UTC)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def addresses(self) -> list[str]:
        return await self._graph.addresses()

    async def sends_from(self) -> list[str]:
        """Microsoft writes the mailbox's own address, whatever an alias is called."""
        return []

    async def begin(self, since: datetime) -> dict[str, Any]:
        """A mark for each folder; `since` keeps what is older out of every later answer."""
        links = {}
        for folder in await self._folders(is_fresh=True):
            _, links[folder.id] = await self._delta(self._first_link(folder, since))
        return {"links": links, "since": since.isoformat()}

    async def changes(self, cursor: Mapping[str, Any]) -> tuple[list[Found], dict[str, Any]]:
        """A folder that is new is read from the beginning; one that is gone is forgotten."""
        since = datetime.fromisoformat(cursor["since"])
        before: Mapping[str, str] = cursor.get("links", {})
        links: dict[str, str] = {}
        found: list[Found] = []
        for folder in await self._folders():
            link = before.get(folder.id, "")
            if not link.startswith(f"{self._graph.root}/"):  # never to another server with our token
                link = self._first_link(folder, since)
            try:
                items, links[folder.id] = await self._delta(link)
            except Gone:
                self._looked_for_folders = datetime.min.replace(tzinfo=UTC)
                continue
            found += [self._found(item, folder) for item in items if not item.is_draft and item.removed is None]
        return sorted(found, key=_when), {"links": links, "since": cursor["since"]}

    async def received_since(self, at: datetime) -> list[Found]:
        return await self._since(at, is_sent=False)

    async def sent_since(self, at: datetime) -> list[Found]:
        return await self._since(at, is_sent=True)

    async def fetch(self, found: Found) -> Fetched | None:
        folders = {one.id: one for one in await self._folders()}
        try:
            item = await self._graph.get_one(_bare(found.id), _FACTS)
            folder = folders.get(item.parent_folder_id)
            if item.is_draft or folder is None or (folder.is_sent and self._is_own(item)):
                return None
            raw = await self._graph.raw(_bare(found.id), RAW_MAX)
        except Gone:
            return None
        return Fetched(raw=raw, at=item.at, folder=folder.name, is_sent=folder.is_sent)

    async def is_from_elsewhere(self, found: Found) -> bool:
        try:
            return not self._is_own(await self._graph.get_one(_bare(found.id), _FACTS))
        except Gone:
            return False

    def _is_own(self, item: Sendable) -> bool:
        return own.own_message(self._ctx, normal_id(item.internet_message_id)) is not None

    async def _since(self, at: datetime, *, is_sent: bool) -> list[Found]:
        found: list[Found] = []
        for folder in await self._folders(is_fresh=True):
            if folder.is_sent == is_sent:
                asked = {"$select": _FACTS, "$filter": f"receivedDateTime ge {_utc(at)}", "$orderby": "receivedDateTime asc", "$top": "500"}
                link = f"{self._graph.root}/me/mailFolders/{quote(folder.id, safe='')}/messages?{urlencode(asked)}"
                while link:
                    try:
                        page = await self._graph.page(link)
                    except Gone:
                        break
                    found += [self._found(item, folder) for item in page.value if not item.is_draft]
                    link = page.next_link
        return sorted(found, key=_when)

    async def _delta(self, link: str) -> tuple[list[Sendable], str]:
        """(what changed, oldest first, the next mark). Delta queries know the other order only. Raises `Lost`, `Gone`."""
        items: list[Sendable] = []
        while True:
            page: Page = await self._graph.page(link, is_delta=True)
            items += page.value
            if page.delta_link:
                return items[::-1], page.delta_link
            if not page.next_link:
                raise Lost
            link = page.next_link

    def _first_link(self, folder: Folder, since: datetime) -> str:
        asked = {"$select": _FACTS, "$filter": f"receivedDateTime ge {_utc(since)}", "$orderby": "receivedDateTime desc"}
        return f"{self._graph.root}/me/mailFolders/{quote(folder.id, safe='')}/messages/delta?{urlencode(asked)}"

    async def _folders(self, *, is_fresh: bool = False) -> list[Folder]:
        """Every folder in which mail of ours can be, the inbox first. Asked anew every few minutes: people make folders."""
        now = self._ctx.clock.now()
        if is_fresh or now - self._looked_for_folders > timedelta(minutes=5):
            never = {id for id in [await self._graph.folder_id(name) for name in _NEVER] if id}
            inbox, sent = await self._graph.folder_id("inbox"), await self._graph.folder_id("sentitems")
            listed = [Folder(one.id, one.display_name, one.id == sent) for one in await self._graph.folders(skip=never)]
            listed.sort(key=lambda one: (one.id != inbox, one.is_sent, one.name))
            self._by_id, self._looked_for_folders = {one.id: one for one in listed}, now
        return list(self._by_id.values())

    def _found(self, item: Sendable, folder: Folder) -> Found:
        return Found(id=f"graph/{item.id}", is_sent=folder.is_sent, at=item.at, folder=folder.name)

    # ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def send(self, outgoing: Outgoing, contents: Sequence[tuple[OutgoingFile, bytes]]) -> Sent:
        """A mail that is sent again to some of its recipients has an id of its own at Microsoft, and cannot be told from its first time by ours."""
        small, large = _parted(contents)
        mail = await asyncio.to_thread(compose, self._ctx, outgoing, small, with_bcc=True)
        draft: Sendable | None = None
        if outgoing.attempt > 1 and not outgoing.only:
            draft = await self._graph.by_message_id(mail.message_id)
            if draft is not None and not draft.is_draft:
                return _sent(mail.message_id, draft)
            if draft is not None and large:
                await self._graph.delete(draft.id)  # it may lack some of its files
                draft = None
        try:
            if draft is None:
                draft = await self._graph.create_draft(base64.b64encode(mail.raw))
                for file, content in large:
                    await self._graph.attach(draft.id, file, content, PIECE)
        except Uncertain as error:  # a draft at the most: that is nothing to be unsure of
            raise Retry("Microsoft did not answer in time.", code="timeout") from error
        except Rejected:
            await self._throw_away(draft)
            raise
        try:
            await self._graph.send_draft(draft.id)
        except (Gone, Uncertain, Rejected) as error:  # an earlier try may have sent it, which is why it is refused now
            if not await self._has_left(draft.id):
                if isinstance(error, Rejected):
                    await self._throw_away(draft)
                    raise
                raise Retry("Microsoft did not answer; the mail is still a draft there.", after=LOOK_AGAIN, code="looking") from error
        return _sent(mail.message_id, draft)

    async def _throw_away(self, draft: Sendable | None) -> None:
        """What was refused is in nobody's way among the team's drafts. One that stays does no harm: a later try sends that very draft."""
        if draft is not None:
            with contextlib.suppress(Gone, SendError):
                await self._graph.delete(draft.id)

    async def _has_left(self, id: str) -> bool:
        """The id of a draft stays that of the sent mail."""
        try:
            return not (await self._graph.get_one(id, _FACTS)).is_draft
        except Gone as error:
            raise Uncertain("Microsoft did not say whether the mail left, and it is not there any more.", code="not_known") from error

    async def look_up(self, message_id: str) -> Sent | None:
        """A draft has not left, and the next try sends that very draft; no draft and no sent mail: it never came to Microsoft."""
        found = await self._graph.by_message_id(message_id)
        return None if found is None or found.is_draft else _sent(message_id, found)

    # ── pushes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def keep_push(self, push: Mapping[str, Any]) -> dict[str, Any]:
        """Makes a subscription, renews it before it ends, and makes another when it is lost. Microsoft calls https addresses only."""
        now = self._ctx.clock.now()
        url = f"{self._ctx.public_url}/hooks/email/{self._ctx.ref.id}/{PUSH_PATH}"
        if push.get("url") == url and now < datetime.fromisoformat(push["renew_at"]):
            return dict(push)
        if urlsplit(url).scheme != "https" and not self._graph.is_stand_in:
            return {}
        until = now + LIVES
        renewed = {"url": url, "renew_at": (until - RENEW_BEFORE).isoformat()}
        try:
            if push.get("id") and push.get("url") == url:
                try:
                    await self._graph.renew_subscription(push["id"], _utc(until))
                    return {**renewed, "id": push["id"]}
                except (Gone, Rejected):
                    pass  # lost: another one is made
            made = await self._graph.subscribe(url, _utc(until), push_secret(self._ctx))
        except (Gone, SendError) as error:
            if getattr(error, "code", "") == "revoked":
                raise  # nothing else of it works either: that is to be said, and once
            log.warning("no pushes", channel_account=self._ctx.ref.id, code=getattr(error, "code", "gone"))
            return {"url": url, "renew_at": (now + RETRY_PUSH).isoformat(), "problem": getattr(error, "sentence", "")}
        return {**renewed, "id": made}

    async def leave(self) -> None:
        """Ends the subscription. The grant ends by itself; the person can withdraw it in the Microsoft account. Never fails."""
        id = self._ctx.state.get("push", {}).get("id")
        if id:
            try:
                await self._graph.unsubscribe(str(id))
            except (Gone, SendError) as error:
                log.info("not unsubscribed", channel_account=self._ctx.ref.id, code=getattr(error, "code", "gone"))


class _Notice(msgspec.Struct, rename="camel"):
    client_state: str = ""


class _Notices(msgspec.Struct):
    value: list[_Notice]


def take_push(ctx: Context, inbound: Inbound) -> Answer:
    """The handshake of a new subscription (its token comes back as it came), or notices that bear our secret. Raises `BadSignature`.
    https://learn.microsoft.com/graph/change-notifications-delivery-webhooks"""
    token = inbound.query.get("validationToken")
    if token is not None:
        return Answer(body=token[:4000].encode(), is_news=False)
    try:
        notices = msgspec.json.decode(inbound.body, type=_Notices).value
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadSignature("This is not what Microsoft Graph sends.") from error
    secret = push_secret(ctx).encode()
    if not notices or not all(hmac.compare_digest(one.client_state.encode(), secret) for one in notices):
        raise BadSignature("This does not bear the secret of the subscription.")
    return Answer(status=202)


def push_secret(ctx: Context) -> str:
    return hmac.digest(ctx.secret("push"), b"microsoft", "sha256").hex()[:40]


def _parted(contents: Sequence[tuple[OutgoingFile, bytes]]) -> tuple[list[tuple[OutgoingFile, bytes]], list[tuple[OutgoingFile, bytes]]]:
    """(what goes with the text, what is added to the draft): pictures in the text first, as long as there is room."""
    small: list[tuple[OutgoingFile, bytes]] = []
    large: list[tuple[OutgoingFile, bytes]] = []
    room = IN_ONE_CALL * 2 // 3  # a file grows by a third in MIME, and the text needs some too
    for file, content in sorted(contents, key=lambda one: (not one[0].is_inline, len(one[1]))):
        if len(content) * 4 // 3 <= room:
            room -= len(content) * 4 // 3
            small.append((file, content))
        else:
            large.append((file, content))
    order = {id(file): nth for nth, (file, _) in enumerate(contents)}
    return sorted(small, key=lambda one: order[id(one[0])]), sorted(large, key=lambda one: order[id(one[0])])


def _sent(message_id: str, item: Sendable) -> Sent:
    """Also under the id that Microsoft gave it, should it have replaced ours."""
    theirs = normal_id(item.internet_message_id)
    return Sent(external_ids=[message_id, theirs] if theirs and theirs != message_id else [message_id])


def _bare(id: str) -> str:
    return id.removeprefix("graph/")


def _when(found: Found) -> datetime:
    """Graph's times have no fractions of a second: within one, the order of the list counts."""
    return found.at or datetime.max.replace(tzinfo=UTC)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
