"""Snippets: short texts for answers, one's own and everybody's."""

from datetime import datetime

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody

from innboks.api.call import Call, Input, Items, Name, PathId
from innboks.core.snippets import snippets
from innboks.core.snippets.bring_in import ImportedRow, bring_in
from innboks.core.snippets.models import Snippet
from innboks.core.snippets.snippets import Wanted


class SnippetOut(msgspec.Struct):
    """`text` is `html` without formatting. Tokens like {contact.first_name|there} stand in all of them as they were written. With a `subject` it is a
    template: a whole email, whose subject a new conversation gets (R-661)."""

    id: str
    name: str
    shortcut: str
    subject: str
    html: str
    text: str
    is_shared: bool
    updated_at: datetime


class NewSnippet(Input):
    """Without `html` the text goes in as it is; without `text` it is made from `html`."""

    shortcut: Name
    name: Name = ""
    subject: str = ""
    html: str = ""
    text: str = ""
    is_shared: bool = False


class SnippetChange(Input):
    """Only what is given changes; `html` and `text` change together."""

    shortcut: Name | None = None
    name: Name | None = None
    subject: str | None = None
    html: str | None = None
    text: str | None = None
    is_shared: bool | None = None


class SnippetImport(Input):
    """At most 200 rows. `replace`: a snippet that has the shortcut already gets the content of the row; else that row is refused."""

    snippets: list[NewSnippet]
    replace: bool = False


class SnippetImported(msgspec.Struct):
    """One outcome a row, in their order."""

    results: list[ImportedRow]


def shown(one: Snippet) -> SnippetOut:
    return SnippetOut(str(one.id), one.name, one.shortcut, one.subject, one.html, one.text, one.owner_id is None, one.updated_at)


def wanted_of(data: NewSnippet | SnippetChange) -> Wanted:
    return Wanted(name=data.name, shortcut=data.shortcut, subject=data.subject, html=data.html, text=data.text, is_shared=data.is_shared)


@get("/snippets", operation_id="list_snippets", tags=["snippets"], summary="My snippets and everybody's, by shortcut")
async def list_snippets(request: Call) -> Items[SnippetOut]:
    return Items([shown(one) for one in await snippets.list_snippets(request.parts, request.actor)])


@post("/snippets", operation_id="create_snippet", tags=["snippets"], summary="Add a snippet")
async def create_snippet(request: Call, data: JSONBody[NewSnippet]) -> SnippetOut:
    return shown(await snippets.create_snippet(request.parts, request.actor, wanted_of(data)))


@post(
    "/snippets/import",
    operation_id="import_snippets",
    tags=["snippets"],
    summary="Add many snippets, with a result for each",
    status_code=200,
)
async def import_snippets(request: Call, data: JSONBody[SnippetImport]) -> SnippetImported:
    rows = [wanted_of(one) for one in data.snippets]
    return SnippetImported(await bring_in(request.parts, request.actor, rows, replaces=data.replace))


@patch("/snippets/{snippet_id:str}", operation_id="change_snippet", tags=["snippets"], summary="Change a snippet")
async def change_snippet(request: Call, snippet_id: PathId, data: JSONBody[SnippetChange]) -> SnippetOut:
    return shown(await snippets.change_snippet(request.parts, request.actor, snippet_id, wanted_of(data)))


@delete("/snippets/{snippet_id:str}", operation_id="delete_snippet", tags=["snippets"], summary="Delete a snippet")
async def delete_snippet(request: Call, snippet_id: PathId) -> None:
    await snippets.delete_snippet(request.parts, request.actor, snippet_id)


routes = [list_snippets, create_snippet, import_snippets, change_snippet, delete_snippet]
