"""Connecting by signing in at a provider: start, look how it stands, and the address to which the provider sends the browser back.

The window that was opened for it cannot be reached by the page that opened it (both sites see to that), so that page asks here how it stands.
Read next: `core/channel_accounts/sign_in.py`.
"""

import html
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, delete, get, post
from litestar.params import JSONBody, QueryParameter

from innboks.api.app.channel_accounts import InboxToMake, PastDays, Step, inbox_to_make
from innboks.api.app.words import PAGE, PageWord
from innboks.api.call import IS_PUBLIC, Call, Id, Input, Name, PathId, identify, number_or_none, text_id
from innboks.core.channel_accounts import sign_in
from innboks.core.channel_accounts.store_sign_ins import Row
from innboks.core.notifications.words import language as language_of
from innboks.errors import TooMany, Unauthenticated

Path = Annotated[str, msgspec.Meta(pattern=r"^(/([^/\\\s][^\\\s]*)?)?$", max_length=500)]
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title} · Innboks</title><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1.5em }}</style></head>
<body><main><h1>{title}</h1><p>{text}</p><p><a href="/settings/channels">{back}</a></p></main></body></html>
"""
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class NewSignIn(Input):
    """What to connect, and where to go afterwards. `channel_account_id` signs in anew for an existing one; `kind`, `name` and `inbox_id` are then its
    own. `return_to` is a path of the app; without it the last page says that the window can be closed."""

    provider: Name
    kind: Name = ""
    name: Name = ""
    inbox_id: Id | None = None
    config: dict[str, Any] = {}
    channel_account_id: Id | None = None
    accepts_terms: bool = False
    is_personal: bool = False
    draft_id: Id | None = None
    setup_step: Step | None = None
    past_days: PastDays = 0
    new_inbox: InboxToMake | None = None
    return_to: Path = ""


class SignInProblem(msgspec.Struct):
    sentence: str = ""
    code: str = ""
    field: str | None = None


class SignInOut(msgspec.Struct):
    """`status`: waiting, working, connected or failed. `channel_account_id` is there once it is connected."""

    id: str
    status: str
    expires_at: datetime
    channel_account_id: str | None
    problem: SignInProblem | None


class StartedOut(SignInOut):
    """`url` is the provider's page: open it in a window, or go there."""

    url: str = ""


@post("/sign-ins", operation_id="start_sign_in", tags=["channels"], summary="Begin to connect by signing in at a provider")
async def start(request: Call, data: JSONBody[NewSignIn]) -> StartedOut:
    wish = sign_in.Wish(
        provider=data.provider,
        kind=data.kind,
        name=data.name,
        inbox_id=number_or_none(data.inbox_id),
        config=data.config,
        channel_account_id=number_or_none(data.channel_account_id),
        accepts_terms=data.accepts_terms,
        is_personal=data.is_personal,
        draft_id=number_or_none(data.draft_id),
        setup_step=data.setup_step,
        past_days=data.past_days,
        new_inbox=inbox_to_make(data.new_inbox),
        return_to=data.return_to,
    )
    started = await sign_in.start(request.parts, request.actor, wish)
    return StartedOut(**msgspec.structs.asdict(_shown(started.sign_in)), url=started.url)


@get("/sign-ins/{sign_in_id:str}", operation_id="get_sign_in", tags=["channels"], summary="How a sign-in stands")
async def show(request: Call, sign_in_id: PathId) -> SignInOut:
    return _shown(await sign_in.get_sign_in(request.parts, request.actor, sign_in_id))


@delete("/sign-ins/{sign_in_id:str}", operation_id="cancel_sign_in", tags=["channels"], summary="Give up a sign-in that is waiting")
async def cancel(request: Call, sign_in_id: PathId) -> None:
    await sign_in.give_up(request.parts, request.actor, sign_in_id)


Given = Annotated[str, QueryParameter(max_length=8000)]
State = Annotated[str, QueryParameter(name="state", max_length=8000)]
"""Under another name in Python, because “state” is the framework's own word."""


@get(
    "/oauth/callback", operation_id="finish_sign_in", tags=["channels"], summary="Where the provider sends the browser back", opt=IS_PUBLIC
)
async def callback(request: Call, mark: State = "", code: Given = "", error: Given = "") -> Response[str]:
    """Answers with a page for people, whatever happens."""
    try:
        actor = await identify(request)
    except (Unauthenticated, TooMany):
        return _page(request, "not_connected", "signed_out", 401)
    done = await sign_in.finish(request.parts, actor, mark, code, error)
    if done.return_to and done.sign_in_id is not None:
        joint = "&" if "?" in done.return_to else "?"
        where = f"{quote(done.return_to, safe='/?&=%#:@!$,;+~*()')}{joint}sign_in={done.sign_in_id}"
        return Response("", status_code=303, headers={"location": where})
    if done.problem is not None:
        return _page(request, "not_connected", "refused", 400, done.problem.sentence)
    return _page(request, "connected", "go_on", 200)


def _shown(row: Row) -> SignInOut:
    return SignInOut(
        id=str(row.id),
        status=row.status,
        expires_at=row.expires_at,
        channel_account_id=text_id(row.channel_account_id),
        problem=msgspec.convert(row.problem, SignInProblem) if row.problem else None,
    )


def _page(request: Call, title: PageWord, text: PageWord, status: int, reason: str = "") -> Response[str]:
    """`reason` is what a provider or a channel said, in English: others read it in the window from which this one was opened, in its words."""
    language = language_of(request.headers.get("accept-language", "en"))
    words = PAGE[language]
    said = html.escape(reason if reason and language == "en" else words[text])
    page = _PAGE.format(language=language, title=html.escape(words[title]), text=said, back=html.escape(words["back"]))
    headers = {"content-security-policy": _PAGE_POLICY}
    return Response(page, status_code=status, media_type="text/html", headers=headers)


routes = [start, show, cancel, callback]
