"""What a search asks and what it finds. Read next: `query.py` (how a line is understood), `find.py` (the way of a search)."""

from datetime import datetime
from typing import Literal

import msgspec

from innboks.core.contacts.models import Identity
from innboks.core.conversations.models import Conversation

Field = Literal["", "subject", "from", "to"]
"""Where a word must stand: "" is anywhere."""


class Term(msgspec.Struct, frozen=True):
    """A word or a phrase as it was typed. `is_open`: it may still be typed on, so it also stands for words that begin so."""

    text: str
    field: Field = ""
    is_phrase: bool = False
    is_negated: bool = False
    is_open: bool = False


class Filter(msgspec.Struct, frozen=True):
    """One `operator:value` about the conversation, the message or the time, under the operator's English name."""

    operator: str
    value: str
    is_negated: bool = False


class Note(msgspec.Struct, frozen=True):
    """What could not be understood: said beside the results, because people search while they type. `sentence` is for scripts."""

    code: str
    operator: str
    value: str
    sentence: str


class Query(msgspec.Struct):
    """A line, understood. Every group must match; of a group's terms (joined by OR) one must."""

    groups: list[list[Term]] = []
    filters: list[Filter] = []
    notes: list[Note] = []

    @property
    def is_empty(self) -> bool:
        return not self.groups and not self.filters


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text. Whoever shows it marks the matches: no markup travels."""

    text: str
    is_match: bool


class FoundMessage(msgspec.Struct, kw_only=True):
    """One of the messages that match best. `file` is the name of the attachment in which the words stand, when they do not stand in the text."""

    id: int
    type: str
    direction: str
    author_id: int | None
    sender_name: str
    created_at: datetime
    snippet: list[Piece]
    file: str | None = None


class FoundConversation(msgspec.Struct, kw_only=True):
    conversation: Conversation
    matched_at: datetime
    subject: list[Piece]
    contact: list[Piece]
    messages: list[FoundMessage]


class FoundContact(msgspec.Struct, kw_only=True):
    id: int
    name: str
    identities: list[Identity]
    title: list[Piece]


class Correction(msgspec.Struct, frozen=True):
    """A word that nobody wrote, and those like it that were searched for instead."""

    word: str
    instead: list[str]


class Found(msgspec.Struct, kw_only=True):
    """`is_partial`: time ran out before everything was looked through; `searched_back_to` says how far it got, and `next` goes on from there."""

    conversations: list[FoundConversation]
    contacts: list[FoundContact]
    next: str | None
    corrections: list[Correction]
    notes: list[Note]
    is_partial: bool
    searched_back_to: datetime | None
