"""What keeps senders out of the inbox: rules with a switch each, two lists, and a brake (SPEC 18). Read next: `filters.py`, then `record_received` in
migration 0070, which decides."""

from datetime import datetime
from typing import Literal, get_args

import msgspec

from innboks.sdk.contract import Sign

RULES: tuple[str, ...] = get_args(Sign)
"""Each is a sign that a channel tells of a message (R-802), and a switch here."""
Reason = Literal["manual", "blocked", "denied", "automated", "marketing", "unsubscribe", "role_based", "flood"]
"""Why a conversation is not in the inbox: a person said so, its contact is blocked, the deny list, a rule, the brake."""


class Filters(msgspec.Struct, kw_only=True):
    """What an account has chosen. `rules` are those that are on. `flood_count`: so many conversations of one sender within `flood_within_s` seconds
    come through, what follows is gathered apart; None: no brake."""

    rules: list[Sign]
    flood_count: int | None
    flood_within_s: int


class ListedSender(msgspec.Struct, kw_only=True):
    """An entry of the allow list or the deny list: an address, or a domain, which stands for everything at and below it (R-800)."""

    id: int
    value: str
    is_allowed: bool
    added_by: int | None
    added_at: datetime


class BadLine(msgspec.Struct):
    """A piece of what was pasted that is neither an address nor a domain. `line` counts from 1."""

    line: int
    text: str


class Added(msgspec.Struct, kw_only=True):
    """What became of a paste. `moved`: were on the other list; `known`: on this one already."""

    added: int
    moved: int
    known: int
    bad: list[BadLine]
