"""Notifications: kinds, ways, and what a person has chosen. Read next: `follow.py` (how they come about), `deliver.py` (how they leave)."""

from datetime import datetime, time
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from innboks.core.radar.models import Kind as Trouble

Kind = Literal["unassigned", "assigned", "message", "mention", "failed", "reminder", "trouble"]
"""All but trouble are about a conversation. trouble: something is stuck (`core/radar`), of which administrators are told."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Clock = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day, as 22:00."""


class Ways(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one kind reaches a person."""

    app: bool = True
    push: bool = True
    mail: bool = False
    sound: bool = False


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When somebody is left alone. Between these times nothing is pushed, and mail waits. `while_away`: nothing is pushed either while they are away, by
    their hours, holidays and absences or as they set it; `mail_waits`: then mail waits until they are back."""

    while_away: bool = True
    mail_waits: bool = False
    is_on: bool = False
    begins: Clock = "18:00"
    ends: Clock = "08:00"
    time_zone: Annotated[str, msgspec.Meta(max_length=64)] = "UTC"

    def holds_at(self, now: datetime) -> bool:
        if not self.is_on:
            return False
        local = now.astimezone(ZoneInfo(self.time_zone)).time()
        begins, ends = time.fromisoformat(self.begins), time.fromisoformat(self.ends)
        return begins <= local < ends if begins <= ends else local >= begins or local < ends


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person wants to be told, and how. These are the defaults."""

    unassigned: Ways = Ways(app=True, push=False)
    assigned: Ways = Ways(mail=True)
    message: Ways = Ways(sound=True)
    mention: Ways = Ways(mail=True, sound=True)
    failed: Ways = Ways(mail=True)
    reminder: Ways = Ways()
    trouble: Ways = Ways(mail=True)
    quiet: Quiet = Quiet()

    def of(self, kind: Kind) -> Ways:
        ways: Ways = getattr(self, kind)
        return ways


class Notification(msgspec.Struct, kw_only=True):
    """One line of a person's list. `count`: how often it happened since it was last read; of a trouble, how much is stuck. `who` and `about` are for
    showing. `trouble`: what is stuck, and `channel_account_id` where; `over_at`: since when it is not any more. Each is None for all other kinds."""

    id: int
    kind: Kind
    conversation_id: int | None
    message_id: int | None
    channel_account_id: int | None
    trouble: Trouble | None
    over_at: datetime | None
    count: int
    who: str
    about: str
    at: datetime
    read_at: datetime | None


class Person(msgspec.Struct, kw_only=True):
    """Somebody who may be notified: `inbox_ids` are those in which they act."""

    id: int
    email: str
    name: str
    locale: str
    choices: Choices
    inbox_ids: frozenset[int]


class Device(msgspec.Struct, kw_only=True):
    account_id: int
    id: int
    user_id: int
    endpoint: str
    p256dh: str
    auth: str
    label: str
    created_at: datetime
    reached_at: datetime | None
    trouble: str


class Due(msgspec.Struct, kw_only=True):
    """A notification that is to leave now."""

    account_id: int
    id: int
    user_id: int
    kind: Kind
    conversation_id: int | None
    message_id: int | None
    channel_account_id: int | None
    trouble: Trouble | None
    bundle: int
    count: int
    who: str
    about: str
    is_for_away: bool
    tries: int
