"""Contacts from a table and into one: an upload is looked at, mapped, brought in by the worker and can be undone; a list is written out by it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from litestar.response import Stream

from innboks.api.app.contact_list import owner_of
from innboks.api.app.files import download
from innboks.api.call import Call, Id, Input, Items, Name, PathId, QueryText, number, number_or_none
from innboks.core.contact_transfers import exports, imports
from innboks.core.contact_transfers.models import Export, ExportState, Import, ImportState, Options, RowResult
from innboks.core.contact_transfers.tables import COLUMNS_MAX
from innboks.core.contacts.listing import ContactFilter
from innboks.errors import Invalid

IDS_MAX = 500
VALUE_CHARS = 200
_AROUND_BYTES = 1024 * 1024


class ImportOut(msgspec.Struct):
    """`sample`: the first rows. `mapping`: what each column holds, suggested until it is begun. `done_count` of `row_count` is how far it is;
    `kept_count`: contacts that stayed when it was undone, because something had happened with them."""

    id: str
    name: str
    encoding: str
    delimiter: str
    columns: list[str]
    sample: list[list[str]]
    mapping: list[str]
    state: ImportState
    row_count: int
    done_count: int
    created_count: int
    updated_count: int
    skipped_count: int
    bad_count: int
    kept_count: int
    problem: str
    created_at: datetime
    ended_at: datetime | None


class BadRowOut(msgspec.Struct):
    """A row that could not be taken. `row`: its number as a spreadsheet counts, the names of the columns being 1. `column` and `value`: the cell that is
    wrong; "" and the whole row where it is none of them alone."""

    row: int
    column: str
    value: str
    reason: str


class TableReading(Input):
    """How the table is to be read instead of how it was found to be."""

    encoding: Annotated[str, msgspec.Meta(max_length=20)]
    delimiter: Annotated[str, msgspec.Meta(max_length=1)]


class ImportStart(Input):
    """`mapping`: for each column name, first_name, last_name, email, phone, owner, property:<key>, or "" for nothing. Known contacts are found by
    `match`, and updated or skipped."""

    mapping: Annotated[list[Name], msgspec.Meta(max_length=COLUMNS_MAX)]
    match: Literal["email", "phone", "none"] = "email"
    on_match: Literal["update", "skip"] = "update"


class ExportWanted(Input):
    """What narrows the list, as for listing contacts; `ids`: these alone."""

    q: Name = ""
    owner: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    channel_account_id: Id | None = None
    is_blocked: bool | None = None
    has_open: bool | None = None
    property: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    value: Name | None = None
    ids: Annotated[list[Id], msgspec.Meta(max_length=IDS_MAX)] | None = None


class ExportOut(msgspec.Struct):
    """`done_count`: contacts written so far; `size` in bytes."""

    id: str
    state: ExportState
    done_count: int
    size: int
    problem: str
    created_at: datetime


@post(
    "/contact-imports",
    operation_id="upload_contact_import",
    tags=["contacts"],
    summary="Upload a table of contacts: multipart with a part “file”, or the bytes themselves with ?name=",
    request_max_body_size=imports.SIZE_MAX + _AROUND_BYTES,
)
async def upload_contact_import(request: Call, name: QueryText = "") -> Response[ImportOut]:
    kind, _ = request.content_type
    around = _AROUND_BYTES if kind == "multipart/form-data" else 0
    imports.may_upload(request.actor, None if request.content_length is None else request.content_length - around)
    if kind == "multipart/form-data":
        file: Any = (await request.form()).get("file")
        if file is None or isinstance(file, str):
            raise Invalid("The form has no file. Send it as the part “file”.", code="no_file", field="file")
        name, content = file.filename or name, await file.read()
    else:
        content = await request.body()
    made = await imports.upload(request.parts, request.actor, name, content)
    return Response(_import(*await imports.get_import(request.parts, request.actor, made.id)), status_code=201)


@get("/contact-imports", operation_id="list_contact_imports", tags=["contacts"], summary="Your own imports, the newest first")
async def list_contact_imports(request: Call) -> Items[ImportOut]:
    return Items([_import(one, []) for one in await imports.list_imports(request.parts, request.actor)])


@get("/contact-imports/{contact_import_id:str}", operation_id="get_contact_import", tags=["contacts"], summary="How an import stands")
async def get_contact_import(request: Call, contact_import_id: PathId) -> ImportOut:
    return _import(*await imports.get_import(request.parts, request.actor, contact_import_id))


@post(
    "/contact-imports/{contact_import_id:str}/read",
    operation_id="read_contact_import",
    tags=["contacts"],
    summary="Read the table with another encoding or delimiter",
    status_code=200,
)
async def read_contact_import(request: Call, contact_import_id: PathId, data: JSONBody[TableReading]) -> ImportOut:
    await imports.read_again(request.parts, request.actor, contact_import_id, data.encoding, data.delimiter)
    return _import(*await imports.get_import(request.parts, request.actor, contact_import_id))


@post(
    "/contact-imports/{contact_import_id:str}/start",
    operation_id="start_contact_import",
    tags=["contacts"],
    summary="Bring the contacts in",
    status_code=200,
)
async def start_contact_import(request: Call, contact_import_id: PathId, data: JSONBody[ImportStart]) -> ImportOut:
    options = Options(mapping=data.mapping, match=data.match, on_match=data.on_match)
    return _import(await imports.start(request.parts, request.actor, contact_import_id, options), [])


@post(
    "/contact-imports/{contact_import_id:str}/undo",
    operation_id="undo_contact_import",
    tags=["contacts"],
    summary="Take back what an import did",
    status_code=200,
)
async def undo_contact_import(request: Call, contact_import_id: PathId) -> ImportOut:
    return _import(await imports.undo(request.parts, request.actor, contact_import_id), [])


@get(
    "/contact-imports/{contact_import_id:str}/bad-rows.csv",
    operation_id="get_bad_rows",
    tags=["contacts"],
    summary="The rows that could not be taken, each with the reason, as CSV",
)
async def get_bad_rows(request: Call, contact_import_id: PathId) -> Stream:
    parts, actor = request.parts, request.actor
    found, first, last = await imports.bad_rows(parts, actor, contact_import_id, -1)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"\xef\xbb\xbf" + first.encode()
        after = last
        while after is not None:
            _, text, after = await imports.bad_rows(parts, actor, contact_import_id, after)
            yield text.encode()

    headers = download(f"bad rows of {found.name}", "text/csv; charset=utf-8") | {"Cache-Control": "private, no-store"}
    return Stream(pieces(), media_type="text/csv", headers=headers)


@get(
    "/contact-imports/{contact_import_id:str}/bad-rows",
    operation_id="list_bad_rows",
    tags=["contacts"],
    summary="The first rows that could not be taken, each with the reason",
)
async def list_bad_rows(request: Call, contact_import_id: PathId) -> Items[BadRowOut]:
    found, rows = await imports.first_bad_rows(request.parts, request.actor, contact_import_id)
    return Items([_bad_row(one, found.columns) for one in rows])


@post("/contact-exports", operation_id="begin_contact_export", tags=["contacts"], summary="Write a list of contacts as CSV")
async def begin_contact_export(request: Call, data: JSONBody[ExportWanted]) -> Response[ExportOut]:
    wanted = ContactFilter(
        words=data.q,
        owner_id=owner_of(request, data.owner),
        channel_account_id=number_or_none(data.channel_account_id),
        is_blocked=data.is_blocked,
        has_open=data.has_open,
        property=data.property,
        value=data.value,
        ids=None if data.ids is None else [number(one) for one in data.ids],
    )
    return Response(_export(await exports.begin_export(request.parts, request.actor, wanted)), status_code=201)


@get(
    "/contact-exports",
    operation_id="list_contact_exports",
    tags=["contacts"],
    summary="Your own exports of the last week, the newest first",
)
async def list_contact_exports(request: Call) -> Items[ExportOut]:
    return Items([_export(one) for one in await exports.list_exports(request.parts, request.actor)])


@get("/contact-exports/{contact_export_id:str}", operation_id="get_contact_export", tags=["contacts"], summary="How an export stands")
async def get_contact_export(request: Call, contact_export_id: PathId) -> ExportOut:
    return _export(await exports.get_export(request.parts, request.actor, contact_export_id))


@get("/contact-exports/{contact_export_id:str}/file", operation_id="get_contact_export_file", tags=["contacts"], summary="The table")
async def get_contact_export_file(request: Call, contact_export_id: PathId) -> Stream:
    pieces = await exports.stream_export(request.parts, request.actor, contact_export_id)
    headers = download("contacts.csv", "text/csv; charset=utf-8") | {"Cache-Control": "private, no-store"}
    return Stream(pieces, media_type="text/csv", headers=headers)


def _import(one: Import, mapping: list[str]) -> ImportOut:
    return ImportOut(
        id=str(one.id),
        name=one.name,
        encoding=one.encoding,
        delimiter=one.delimiter,
        columns=one.columns,
        sample=one.sample,
        mapping=one.options.get("mapping") or mapping,
        state=one.state,
        row_count=one.row_count,
        done_count=one.done_count,
        created_count=one.created_count,
        updated_count=one.updated_count,
        skipped_count=one.skipped_count,
        bad_count=one.bad_count,
        kept_count=one.kept_count,
        problem=one.problem,
        created_at=one.created_at,
        ended_at=one.ended_at,
    )


def _bad_row(one: RowResult, columns: list[str]) -> BadRowOut:
    cells = one.cells or []
    if one.bad_column is None or one.bad_column >= min(len(cells), len(columns)):
        return BadRowOut(one.row, "", " · ".join(cell for cell in cells if cell)[:VALUE_CHARS], one.reason)
    return BadRowOut(one.row, columns[one.bad_column], cells[one.bad_column][:VALUE_CHARS], one.reason)


def _export(one: Export) -> ExportOut:
    return ExportOut(str(one.id), one.state, one.done_count, one.size, one.problem, one.created_at)


routes = [
    upload_contact_import,
    list_contact_imports,
    get_contact_import,
    read_contact_import,
    start_contact_import,
    undo_contact_import,
    list_bad_rows,
    get_bad_rows,
    begin_contact_export,
    list_contact_exports,
    get_contact_export,
    get_contact_export_file,
]
