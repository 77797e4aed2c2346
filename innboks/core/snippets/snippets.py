"""Snippets and templates as people see and change them: one's own, and everybody's (R-660, R-661). What is put into an answer is filled in by the composer, where the
person sees it before it leaves (R-662)."""

import asyncio
import re

import msgspec
import psycopg

from innboks.core.access import Actor
from innboks.core.conversations.record import plain_of
from innboks.core.parts import Parts
from innboks.core.snippets import store
from innboks.core.snippets.models import Snippet
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.html import sanitise
from innboks.lib.text import one_line, storable

TEXT_MAX = 20_000
COUNT_MAX = 2_000
SUBJECT_MAX = 500
_SHORTCUT = re.compile(r"[^\W_][\w.-]{0,39}\Z")


class Wanted(msgspec.Struct, kw_only=True):
    """What a snippet is to be. None leaves as it is."""

    name: str | None = None
    shortcut: str | None = None
    subject: str | None = None
    html: str | None = None
    text: str | None = None
    is_shared: bool | None = None


async def list_snippets(parts: Parts, actor: Actor) -> list[Snippet]:
    async with parts.db.connection() as conn:
        return await store.visible(conn, actor.account_id, actor.user_id)


async def create_snippet(parts: Parts, actor: Actor, wanted: Wanted) -> Snippet:
    values = await asyncio.to_thread(checked, actor, wanted, None)
    try:
        async with parts.db.transaction() as conn:
            if await store.count(conn, actor.account_id, None if wanted.is_shared else actor.user_id) >= COUNT_MAX:
                raise Invalid(f"There are {COUNT_MAX} snippets already. Delete some that nobody uses.", code="too_many")
            made = await store.insert(conn, actor.account_id, values)
            await store.announce(conn, actor.account_id, made.id, made.owner_id)
    except psycopg.errors.UniqueViolation as error:
        raise _taken(values["shortcut"]) from error
    parts.wake.touch(actor.account_id)
    return made


async def change_snippet(parts: Parts, actor: Actor, snippet_id: int, wanted: Wanted) -> Snippet:
    shortcut: str | int | None = wanted.shortcut
    try:
        async with parts.db.transaction() as conn:
            before = await store.get(conn, actor.account_id, actor.user_id, snippet_id)
            if before is None:
                raise NotFound("There is no such snippet.", code="unknown_snippet")
            values = await asyncio.to_thread(checked, actor, wanted, before)
            shortcut = values["shortcut"]
            changed = await store.update(conn, actor.account_id, snippet_id, values)
            await store.announce(conn, actor.account_id, snippet_id, None if before.owner_id is None else changed.owner_id)
    except psycopg.errors.UniqueViolation as error:
        raise _taken(shortcut) from error
    parts.wake.touch(actor.account_id)
    return changed


async def delete_snippet(parts: Parts, actor: Actor, snippet_id: int) -> None:
    async with parts.db.transaction() as conn:
        before = await store.get(conn, actor.account_id, actor.user_id, snippet_id)
        if before is None:
            raise NotFound("There is no such snippet.", code="unknown_snippet")
        await store.delete(conn, actor.account_id, snippet_id)
        await store.announce(conn, actor.account_id, snippet_id, before.owner_id)
    parts.wake.touch(actor.account_id)


def checked(actor: Actor, wanted: Wanted, before: Snippet | None) -> dict[str, str | int | None]:
    """The values of its row. Raises `Invalid` when it cannot be a snippet. Long HTML takes its time, so this is called in a thread."""
    shortcut = (wanted.shortcut if wanted.shortcut is not None else before.shortcut if before else "").strip().lstrip("/#").lower()
    if not _SHORTCUT.match(shortcut):
        raise Invalid(
            "A shortcut is 1 to 40 letters, digits, dots and hyphens without spaces, like return-label.", code="invalid", field="shortcut"
        )
    given = wanted.subject if wanted.subject is not None else before.subject if before else ""
    if len(given) > SUBJECT_MAX:
        raise Invalid(f"A subject has at most {SUBJECT_MAX} characters.", code="too_long", field="subject")
    subject = one_line(given, SUBJECT_MAX)
    name = one_line(wanted.name if wanted.name is not None else before.name if before else "", 200) or shortcut
    if wanted.html is None and wanted.text is None:
        html, text = (before.html, before.text) if before else ("", "")
    else:
        html = sanitise(storable(wanted.html, 4 * TEXT_MAX)) if wanted.html else ""
        text = storable(wanted.text or "", TEXT_MAX).strip() or plain_of(html)
    if not text and not html:
        raise Invalid("Write the text of the snippet.", code="empty_text", field="text")
    if max(len(text), len(wanted.text or "")) > TEXT_MAX or len(wanted.html or "") > 4 * TEXT_MAX:
        raise Invalid(f"A snippet has at most {TEXT_MAX} characters.", code="too_long", field="text")
    is_shared = wanted.is_shared if wanted.is_shared is not None else before is not None and before.owner_id is None
    return {
        "owner_id": None if is_shared else actor.user_id,
        "name": name,
        "shortcut": shortcut,
        "subject": subject,
        "html": html,
        "text": text,
    }


def _taken(shortcut: str | int | None) -> Conflict:
    return Conflict(f"There is a snippet /{shortcut} already. Choose another shortcut.", code="shortcut_taken", field="shortcut")
