"""Setting a connection up: drafts of what is half done, and the preview of a real reply. Read next: `core/channel_accounts/drafts.py`, `preview.py`."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import JSONBody

from innboks.api.app.channel_accounts import ChannelAccountOut, PastDays, shown_to
from innboks.api.app.inboxes import Members, Teams
from innboks.api.call import Call, Id, Input, Items, Name, PathId, PathText, number_or_none, numbers, text_id
from innboks.core.channel_accounts import drafts, fallback, preview, try_out
from innboks.core.channel_accounts.drafts import Content, Draft
from innboks.core.channel_accounts.store_tests import Test
from innboks.core.channel_accounts.suggest import suggest
from innboks.core.channel_accounts.trials import try_settings
from innboks.core.inboxes.models import Access

Text = Annotated[str, msgspec.Meta(max_length=10_000)]


class ChannelDraftOut(msgspec.Struct):
    """A set-up that was begun. Secrets in `config` are blank; `kept_secrets` names those that are kept."""

    id: str
    kind: str
    name: str
    inbox_id: str | None
    new_inbox_name: str
    new_inbox_access: Access
    new_inbox_member_ids: list[str]
    new_inbox_team_ids: list[str]
    config: dict[str, Any]
    past_days: int
    is_personal: bool
    kept_secrets: list[str]
    updated_at: datetime


class ChannelDraftIn(Input):
    """Everything that is typed; secrets left empty stay as they are. `new_inbox_name`: an inbox to be made for it, in which those act who are named."""

    name: Name = ""
    inbox_id: Id | None = None
    new_inbox_name: Name = ""
    new_inbox_access: Access = "everyone"
    new_inbox_member_ids: Members = []
    new_inbox_team_ids: Teams = []
    config: dict[str, Any] = {}
    past_days: PastDays = 0
    is_personal: bool = False


class NewChannelDraft(ChannelDraftIn):
    kind: Name = ""


class SampleIn(Input):
    """A reply to look at. `config`: what differs from what is stored; `user_id`: who answers, null: whoever asks."""

    subject: Name
    text: Text
    config: dict[str, Any] = {}
    user_id: Id | None = None


class PreviewOut(msgspec.Struct):
    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str
    reply_to: str


class ChannelTestOut(msgspec.Struct):
    """A test on its way: `taken_at` by a worker, `sent_at` to `address`, `returned_at` at `arrived_at` (an address or folder), each null while it is to
    come. `note`: what was seen on the way; `problem`: why it went no further."""

    id: str
    address: str
    created_at: datetime
    taken_at: datetime | None
    sent_at: datetime | None
    returned_at: datetime | None
    arrived_at: str
    note: str
    problem: str
    delivery_id: str | None


class CheckOut(msgspec.Struct):
    """`state`: ok, missing, wrong or unknown. `record_type`, `record_name`, `record_value`: the DNS record to publish, as far as it is known."""

    name: str
    state: str
    sentence: str
    record_type: str
    record_name: str
    record_value: str


class SuggestionsIn(Input):
    """What is typed so far."""

    config: dict[str, Any]


class TrialIn(Input):
    """What is typed so far, and which of the channel's `trials` to try. `draft_id`: the set-up whose kept secrets stand for those that are empty."""

    what: Name
    config: dict[str, Any]
    draft_id: Id | None = None


class FindingOut(CheckOut):
    """“{when}” in the sentence stands for `at`."""

    at: datetime | None


class TrialOut(msgspec.Struct):
    """`found`: line by line, of which some may be wrong or missing. Where it failed: `sentence` says what is wrong and what to do, `field` where in the
    form, if it is one field."""

    is_ok: bool
    sentence: str
    field: str | None
    found: list[FindingOut]


class SuggestionOut(msgspec.Struct):
    """Values for fields of the form; `sentence` says where they were found."""

    values: dict[str, Any]
    sentence: str


class PreviewSent(msgspec.Struct):
    address: str


def _shown(draft: Draft) -> ChannelDraftOut:
    content = draft.content
    return ChannelDraftOut(
        id=str(draft.id),
        kind=draft.kind,
        name=content.name,
        inbox_id=text_id(content.inbox_id),
        new_inbox_name=content.new_inbox_name,
        new_inbox_access=content.new_inbox_access,
        new_inbox_member_ids=[str(one) for one in content.new_inbox_member_ids],
        new_inbox_team_ids=[str(one) for one in content.new_inbox_team_ids],
        config=draft.shown_config,
        past_days=content.past_days,
        is_personal=content.is_personal,
        kept_secrets=draft.kept_secrets,
        updated_at=draft.updated_at,
    )


def _content(data: ChannelDraftIn) -> Content:
    return Content(
        name=data.name,
        inbox_id=number_or_none(data.inbox_id),
        new_inbox_name=data.new_inbox_name,
        new_inbox_access=data.new_inbox_access,
        new_inbox_member_ids=numbers(data.new_inbox_member_ids),
        new_inbox_team_ids=numbers(data.new_inbox_team_ids),
        config=data.config,
        past_days=data.past_days,
        is_personal=data.is_personal,
    )


def _sample(data: SampleIn) -> preview.Sample:
    return preview.Sample(subject=data.subject, text=data.text, config=data.config, user_id=number_or_none(data.user_id))


@get("/channel-drafts", operation_id="list_channel_drafts", tags=["channels"], summary="Set-ups that were begun and not finished")
async def list_drafts(request: Call) -> Items[ChannelDraftOut]:
    return Items([_shown(one) for one in await drafts.list_drafts(request.parts, request.actor)])


@post("/channel-drafts", operation_id="begin_channel_draft", tags=["channels"], summary="Keep a set-up that is not finished")
async def begin_draft(request: Call, data: JSONBody[NewChannelDraft]) -> ChannelDraftOut:
    return _shown(await drafts.begin_draft(request.parts, request.actor, data.kind, _content(data)))


@get("/channel-drafts/{draft_id:str}", operation_id="get_channel_draft", tags=["channels"], summary="A set-up that was begun")
async def get_draft(request: Call, draft_id: PathId) -> ChannelDraftOut:
    return _shown(await drafts.get_draft(request.parts, request.actor, draft_id))


@put("/channel-drafts/{draft_id:str}", operation_id="save_channel_draft", tags=["channels"], summary="Keep how far a set-up is")
async def save_draft(request: Call, draft_id: PathId, data: JSONBody[ChannelDraftIn]) -> ChannelDraftOut:
    return _shown(await drafts.save_draft(request.parts, request.actor, draft_id, _content(data)))


@delete("/channel-drafts/{draft_id:str}", operation_id="drop_channel_draft", tags=["channels"], summary="Give a set-up up")
async def drop_draft(request: Call, draft_id: PathId) -> Response[None]:
    await drafts.drop_draft(request.parts, request.actor, draft_id)
    return Response(None, status_code=204)


@post(
    "/channels/{kind:str}/suggestions",
    operation_id="suggest_config",
    tags=["channels"],
    summary="What else of the form follows from what is typed, such as the servers of an address",
    status_code=200,
)
async def suggest_config(request: Call, kind: PathText, data: JSONBody[SuggestionsIn]) -> Items[SuggestionOut]:
    found = await suggest(request.parts, request.actor, kind, data.config)
    return Items([SuggestionOut(dict(one.values), one.sentence) for one in found])


@post(
    "/channels/{kind:str}/trials",
    operation_id="try_config",
    tags=["channels"],
    summary="Try one thing with what is typed, such as a server, before anything is connected; nothing is stored or sent",
    status_code=200,
)
async def try_config(request: Call, kind: PathText, data: JSONBody[TrialIn]) -> TrialOut:
    parts, actor, draft_id = request.parts, request.actor, number_or_none(data.draft_id)
    config = data.config if draft_id is None else await drafts.with_secrets(parts, actor, kind, draft_id, data.config)
    found = await try_settings(parts, actor, kind, data.what, config)
    lines = [msgspec.convert(one, FindingOut, from_attributes=True) for one in found.found]
    return TrialOut(found.is_ok, found.sentence, found.field, lines)


@post(
    "/channel-accounts/{channel_account_id:str}/preview",
    operation_id="preview_reply",
    tags=["channels"],
    summary="A reply as a customer would get it; nothing is stored or sent",
    status_code=200,
)
async def preview_reply(request: Call, channel_account_id: PathId, data: JSONBody[SampleIn]) -> PreviewOut:
    shown = await preview.preview(request.parts, request.actor, channel_account_id, _sample(data))
    return msgspec.convert(shown, PreviewOut, from_attributes=True)


@post(
    "/channel-accounts/{channel_account_id:str}/preview/sending",
    operation_id="send_preview",
    tags=["channels"],
    summary="Send that reply to myself",
    status_code=200,
)
async def send_preview(request: Call, channel_account_id: PathId, data: JSONBody[SampleIn]) -> PreviewSent:
    return PreviewSent(await preview.send_preview(request.parts, request.actor, channel_account_id, _sample(data)))


@get(
    "/channel-accounts/{channel_account_id:str}/from-addresses",
    operation_id="list_from_addresses",
    tags=["channels"],
    summary="The addresses it may send from, its own first",
)
async def list_from_addresses(request: Call, channel_account_id: PathId) -> Items[str]:
    return Items(await preview.from_addresses(request.parts, request.actor, channel_account_id))


def _test(test: Test) -> ChannelTestOut:
    return ChannelTestOut(
        id=str(test.id),
        address=test.address,
        created_at=test.created_at,
        taken_at=test.taken_at,
        sent_at=test.sent_at,
        returned_at=test.returned_at,
        arrived_at=test.arrived_at,
        note=test.note,
        problem=test.problem,
        delivery_id=text_id(test.delivery_id),
    )


@get(
    "/channel-accounts/{channel_account_id:str}/tests", operation_id="list_tests", tags=["channels"], summary="Its last tests, newest first"
)
async def list_tests(request: Call, channel_account_id: PathId) -> Items[ChannelTestOut]:
    return Items([_test(one) for one in await try_out.list_tests(request.parts, request.actor, channel_account_id)])


@post(
    "/channel-accounts/{channel_account_id:str}/tests",
    operation_id="start_test",
    tags=["channels"],
    summary="Send a test that has to come back",
)
async def start_test(request: Call, channel_account_id: PathId) -> ChannelTestOut:
    return _test(await try_out.start_test(request.parts, request.actor, channel_account_id))


@get(
    "/channel-accounts/{channel_account_id:str}/checks",
    operation_id="check_records",
    tags=["channels"],
    summary="SPF, DKIM, DMARC and the like",
)
async def check_records(request: Call, channel_account_id: PathId) -> Items[CheckOut]:
    found = await try_out.check_records(request.parts, request.actor, channel_account_id)
    return Items([msgspec.convert(one, CheckOut, from_attributes=True) for one in found])


@delete(
    "/channel-accounts/{channel_account_id:str}/confirmation",
    operation_id="drop_confirmation",
    tags=["channels"],
    summary="The provider's confirmation is done",
)
async def drop_confirmation(request: Call, channel_account_id: PathId) -> Response[None]:
    await try_out.drop_confirmation(request.parts, request.actor, channel_account_id)
    return Response(None, status_code=204)


class FallbackChange(Input):
    """Only what is given changes. `may_send`: answers may leave from it; `config`: what customers see (company name, signature and the like)."""

    may_send: bool | None = None
    config: dict[str, Any] | None = None


@get(
    "/inboxes/{inbox_id:str}/fallback",
    operation_id="get_fallback",
    tags=["inboxes"],
    summary="The address that we give out for this inbox; issued when it is asked for the first time",
)
async def get_fallback(request: Call, inbox_id: PathId) -> ChannelAccountOut:
    return await shown_to(request.parts, request.actor, await fallback.fallback_of(request.parts, request.actor, inbox_id))


@patch("/inboxes/{inbox_id:str}/fallback", operation_id="change_fallback", tags=["inboxes"], summary="Let answers leave from it, or not")
async def change_fallback(request: Call, inbox_id: PathId, data: JSONBody[FallbackChange]) -> ChannelAccountOut:
    parts = request.parts
    row = await fallback.change_fallback(parts, request.actor, inbox_id, may_send=data.may_send, config=data.config)
    return await shown_to(parts, request.actor, row)


routes = [
    suggest_config,
    try_config,
    get_fallback,
    change_fallback,
    list_tests,
    start_test,
    check_records,
    drop_confirmation,
    list_drafts,
    begin_draft,
    get_draft,
    save_draft,
    drop_draft,
    preview_reply,
    send_preview,
    list_from_addresses,
]
