"""Pipelines, and what a channel account's tickets begin with. Tickets themselves come with the help desk. Read next: `defaults.py`."""

from collections.abc import Sequence
from typing import Literal

import msgspec

Priority = Literal["low", "medium", "high", "urgent"]
Category = Literal["product_issue", "billing_issue", "feature_request", "general_inquiry"]


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
    """What tickets of a channel account begin with (R-070). `owner_id` None: the conversation's owner (R-071); `priority` and `category` None: empty."""

    is_on: bool
    pipeline_id: int
    stage_id: int
    owner_id: int | None = None
    priority: Priority | None = None
    category: Category | None = None
