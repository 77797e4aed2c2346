"""Contacts that come in from a table and go out as one."""

from datetime import datetime
from typing import Any, Literal

import msgspec

ImportState = Literal["ready", "running", "done", "failed", "undoing", "undone"]
ExportState = Literal["running", "done", "failed"]
Outcome = Literal["created", "updated", "skipped", "bad"]


class Options(msgspec.Struct, kw_only=True):
    """How a table is to be read. `mapping` says for each column what it holds: name, first_name, last_name, email, phone, owner, property:<key>, or
    "" for nothing."""

    mapping: list[str]
    match: Literal["email", "phone", "none"] = "email"
    on_match: Literal["update", "skip"] = "update"


class Import(msgspec.Struct, kw_only=True):
    """A table of contacts and what became of it. `sample` are its first rows; of the counts, `done_count` is how far it has come."""

    id: int
    user_id: int
    name: str
    file: str | None
    encoding: str
    delimiter: str
    columns: list[str]
    sample: list[list[str]]
    row_count: int
    options: dict[str, Any]
    state: ImportState
    done_count: int
    created_count: int
    updated_count: int
    skipped_count: int
    bad_count: int
    kept_count: int
    problem: str
    created_at: datetime
    ended_at: datetime | None


class RowResult(msgspec.Struct, kw_only=True):
    """What became of one row; `before` holds what is needed to undo it. `row`: its number as a spreadsheet counts, the names of the columns being 1.
    `bad_column`: the cell that is wrong, where it is one."""

    row: int
    outcome: Outcome
    contact_id: int | None = None
    before: dict[str, Any] = {}
    reason: str = ""
    cells: list[str] | None = None
    bad_column: int | None = None


class Export(msgspec.Struct, kw_only=True):
    """A list of contacts as a table. `files` are its pieces, `next` is where the list goes on."""

    id: int
    user_id: int
    filter: dict[str, Any]
    state: ExportState
    done_count: int
    next: str | None
    files: list[str]
    size: int
    problem: str
    created_at: datetime
    ended_at: datetime | None
