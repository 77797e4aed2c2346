"""Tickets, their pipelines, and what a channel account's tickets begin with. Read next: `make.py`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

Priority = Literal["low", "medium", "high", "urgent"]
Category = Literal["product_issue", "billing_issue", "feature_request", "general_inquiry"]

SUBJECT = "{conversation.subject}"
TOKENS = (SUBJECT, "{contact.name}", "{channel.name}")
NAME_MAX = 300
"""Characters of a ticket's name."""


class Stage(msgspec.Struct, frozen=True):
    """`key` is set for those that every account begins with: people read their names in their own language."""

    id: int
    key: str | None
    name: str
    state: Literal["open", "closed"]


class Pipeline(msgspec.Struct, frozen=True):
    """The way a ticket goes, stage by stage (R-731). It has at least one stage."""

    id: int
    key: str | None
    name: str
    stages: Sequence[Stage]


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What tickets of a channel account begin with (R-070). `owner_id` None: the conversation's owner (R-071); `priority` and `category` None: empty.
    `name`: text in which the tokens of TOKENS stand for what is known of the conversation; what comes out empty is called "channel from contact" (R-735)."""

    is_on: bool
    pipeline_id: int
    stage_id: int
    owner_id: int | None = None
    priority: Priority | None = None
    category: Category | None = None
    name: str = SUBJECT


class Ticket(msgspec.Struct, kw_only=True):
    """A matter that somebody outside has with us, on whatever channels (AHEAD 20). It stands in one inbox: who reads that reads the ticket.
    `channel_account_id`: the connection that made it, with its conversation; None where a person did (`created_by`). `closed_at` is set while its stage is a
    closed one. `conversation_ids` and `contact_ids` are those that the reader may see, the oldest first."""

    account_id: int
    id: int
    inbox_id: int
    name: str
    pipeline_id: int
    stage_id: int
    owner_id: int | None
    priority: Priority | None
    category: Category | None
    channel_account_id: int | None
    created_by: int | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    conversation_ids: list[int]
    contact_ids: list[int]
