"""What is known about accounts and people, as rows of the database.

The edge turns ids into strings; here they are numbers. Read next: `store.py`.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec


class Account(msgspec.Struct, frozen=True):
    """`undo_send_s`: so long an answer written in the app can be taken back before it leaves; 0: not at all (R-643). `assigns_when_available`: what
    waits unassigned is given out when somebody becomes available (R-562). `inbox_ticketing`: may conversations of an inbox become tickets (R-052)?
    `tickets_per_contact_max`: with so many, a contact gets no more by itself (R-074). `tickets_uncounted_stage_ids`, `tickets_uncounted_after_days`:
    open tickets in these stages, or older than this (0: however old), fill nobody's limit (R-604). `closing_closes_tickets`: closing the
    last open conversation of a ticket closes it (R-737). `switched_off`: features that the operator took away (R-002)."""

    id: int
    name: str
    undo_send_s: int
    assigns_when_available: bool
    inbox_ticketing: bool
    tickets_per_contact_max: int
    tickets_uncounted_stage_ids: list[str]
    tickets_uncounted_after_days: int
    closing_closes_tickets: bool
    switched_off: list[str]


class FirstSteps(msgspec.Struct, frozen=True):
    """What of the beginning is done, demo data left out. `has_channel`: a channel works and its set-up is finished; `has_team`: somebody else is here or
    invited; `has_hours`: somebody's working hours are set."""

    has_channel: bool
    has_team: bool
    has_hours: bool


Status = Literal["invited", "active", "deactivated"]


class User(msgspec.Struct, frozen=True):
    """A person who signs in. `can_receive` is the seat of R-011: whether automatic assignment may choose this person. `permissions` are
    those of the role; `joined_at` is None while the person is invited."""

    id: int
    name: str
    first_name: str
    last_name: str
    email: str
    role_id: int
    permissions: list[str]
    locale: str
    can_receive: bool
    preferences: dict[str, Any]
    joined_at: datetime | None
    deactivated_at: datetime | None
    created_at: datetime

    @property
    def status(self) -> Status:
        return "deactivated" if self.deactivated_at is not None else "active" if self.joined_at is not None else "invited"


class Role(msgspec.Struct, frozen=True):
    """A set of permissions with a name. `key` is set for the three that every account has. `user_count`: who has it, deactivated ones too."""

    id: int
    key: Literal["super_admin", "admin", "agent"] | None
    name: str
    permissions: list[str]
    user_count: int


class Team(msgspec.Struct, frozen=True):
    """People who work together. Rules choose main members only (R-554); a person is a main member of one team at most."""

    id: int
    name: str
    main_member_ids: list[int]
    extra_member_ids: list[int]
    inbox_ids: list[int]
    created_at: datetime


class Invitation(msgspec.Struct, frozen=True):
    """Of a person who has not come yet. `mailed_at` None: no mail left; `trouble` says why in a word, when one was tried."""

    user_id: int
    invited_by: int | None
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None
    trouble: str


class Reach(msgspec.Struct, frozen=True):
    """What a person may do in one inbox, or will when they come. `is_named`: as a member by name, not by a team or because it is for everyone."""

    inbox_id: int
    may_read: bool
    may_act: bool
    is_named: bool


class Person(msgspec.Struct, frozen=True):
    """A line of the table of people. `is_here`: was signed in and at work in the last minutes; `seen_at`: when last."""

    user: User
    main_team_id: int | None
    extra_team_ids: list[int]
    reach: list[Reach]
    invitation: Invitation | None
    seen_at: datetime | None
    is_here: bool


class Opened(msgspec.Struct, frozen=True):
    """What an invitation's link leads to."""

    account_id: int
    user_id: int
    account_name: str
    invited_by: str
    email: str
    name: str
    locale: str
    expires_at: datetime


class Credentials(msgspec.Struct, frozen=True):
    """What a sign-in is checked against."""

    account_id: int
    user_id: int
    password_hash: str | None
    is_active: bool


class Session(msgspec.Struct, frozen=True):
    """One signed-in browser. `is_current` is true for the one that asks."""

    id: int
    created_at: datetime
    seen_at: datetime
    user_agent: str
    remote_address: str
    is_current: bool


class ApiToken(msgspec.Struct, frozen=True):
    id: int
    name: str
    created_at: datetime
    seen_at: datetime | None
