"""Availability and rules as the core hands them out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from innboks.core.accounts.seats import Flaw

Status = Literal["available", "away"]
Why = Literal["", "chosen", "hours", "holiday", "absence"]
"""What a status follows from: nothing (always available), somebody's choice, the weekly hours, a public holiday, an absence."""
Distribution = Literal["random", "round_robin", "load_balanced", "first_available"]
ClockTime = Annotated[str, msgspec.Meta(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """One stretch of a week. `day` 0 is Monday; `to` is after `from`, 24:00 at most."""

    day: Annotated[int, msgspec.Meta(ge=0, le=6)]
    from_: ClockTime
    to: ClockTime


class Absence(msgspec.Struct, frozen=True):
    """Out of office (R-592): away from the first moment to the last, then back by itself."""

    starts_at: datetime
    ends_at: datetime
    note: str = ""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All that somebody's availability follows from. `hours` None: no hours, so always. `country` and `region` (ISO 3166-2) name whose public
    holidays are free. `chosen` is what was set by hand at `chosen_at` by `chosen_by`, until the next boundary after that (R-593)."""

    time_zone: str = "UTC"
    hours: Sequence[Hours] | None = None
    country: str | None = None
    region: str | None = None
    absences: Sequence[Absence] = ()
    chosen: Status | None = None
    chosen_at: datetime | None = None
    chosen_by: int | None = None


Category = Literal["calling", "messaging", "other"]
"""Kinds of conversations that can have a limit of their own (R-604); "other" is email and all that is left."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How many open ones of each kind at most come from rules. None: no limit but the one for all."""

    calling: int | None = None
    messaging: int | None = None
    other: int | None = None

    def of(self, category: Category) -> int | None:
        return {"calling": self.calling, "messaging": self.messaging, "other": self.other}[category]


class KindLoad(msgspec.Struct, frozen=True):
    """How many open ones somebody has of a kind that has a limit of its own (R-604)."""

    kind: Category
    open_count: int
    max: int


class Standing(msgspec.Struct, frozen=True):
    """Whether somebody is available at a moment, what that follows from, and until when it stays so by itself (None: for ever, or for months)."""

    status: Status
    why: Why
    until: datetime | None


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """A person as those see them who hand out conversations: standing, and how many open ones they have of how many at most (None: no limit). `kinds`: the
    same for each kind that has a limit. `set_away_by`: somebody else set them away, and they have not answered (R-594). `is_connected`: the app was open
    lately; it changes no standing, but live chats go only to who is connected (R-596).
    `ticket_count`: open tickets that count, made by channels (R-603)."""

    user_id: int
    standing: Standing
    time_zone: str
    open_count: int
    conversations_max: int | None
    set_away_by: int | None
    is_connected: bool
    limits: Limits
    kinds: Sequence[KindLoad]
    ticket_count: int
    tickets_max: int | None
    ticket_limits: Limits


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody whom a rule names. Of a team its main members count (R-554)."""

    type: Literal["user", "team"]
    id: int


class SkillCategory(msgspec.Struct, frozen=True):
    id: int
    name: str


class Bearer(msgspec.Struct, frozen=True):
    """Somebody who has a skill. `is_main` False: a language that they also speak."""

    user_id: int
    is_main: bool = True


class Skill(msgspec.Struct, frozen=True, kw_only=True):
    """Something that people can (R-558). A language (ISO 639) is in no category; everything else is in one."""

    id: int
    category_id: int | None
    language: str | None
    name: str
    people: Sequence[Bearer] = ()


NeedSource = Literal["subject", "contact", "channel_account"]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Which conversations need a skill: those with `value` in the subject, of contacts whose own property (its key) is `value`, or over a channel
    account."""

    id: int = 0
    skill_id: int
    source: NeedSource
    property: str | None = None
    value: str = ""
    channel_account_id: int | None = None


Skilled = Literal["off", "prefer", "require"]
"""What a rule makes of the skills that a conversation needs: whoever has them first and then anybody, nobody else, or nothing."""
Fit = Literal["main", "secondary", "lacking"]
"""How somebody fits what is needed: has all of it, with a language among it that they also speak, or lacks some."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets the new conversations of a channel account (R-060 to R-066). `asks_owner`: the contact's owner first; then, or else, whom
    `targets` name. `returning_days`: whom it names and who answered the contact at most so many days ago comes before the others it names; None: nobody
    does. `only_available` (R-064): nobody who is away. `skills`: see `Skilled`. `round`: see migration 0050."""

    is_on: bool = False
    asks_owner: bool = False
    targets: Sequence[Target] = ()
    returning_days: int | None = None
    only_available: bool = True
    distribution: Distribution = "random"
    skills: Skilled = "off"
    round: int = 1


class Answered(msgspec.Struct, frozen=True):
    """Who answered a contact last, in any of their conversations, and when."""

    user_id: int
    at: datetime


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a rule may choose. `place` is that of the first target that names them; `round` and `at` are of the last conversation this rule
    gave them, 0 and None for the first. `kind_count` and `kind_max` are of the kind of conversation that is given out (R-604). `has_all_tickets`: a ticket comes
    with it, and they have as many as they may (R-603). `short_of`: how many of the
    needed languages they have as a further one only; None: they lack something that is needed."""

    user_id: int
    place: int
    is_available: bool
    open_count: int
    conversations_max: int | None = None
    kind_count: int = 0
    kind_max: int | None = None
    has_all_tickets: bool = False
    round: int = 0
    at: datetime | None = None
    short_of: int | None = 0

    @property
    def fit(self) -> Fit:
        return "lacking" if self.short_of is None else "secondary" if self.short_of else "main"

    @property
    def is_full(self) -> bool:
        is_kind_full = self.kind_max is not None and self.kind_count >= self.kind_max
        return self.has_all_tickets or is_kind_full or (self.conversations_max is not None and self.open_count >= self.conversations_max)


Nobody = Literal["no_owner", "no_members", "nobody_skilled", "nobody_available", "all_full"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a rule chose, and how; or why nobody. `among`: how many could have got it; `open_count`: what they had before. `fit`: how they fit what was
    needed, where the rule asks for that; of nobody, those whom it asked."""

    user_id: int | None
    how: Literal["owner", "same_person", "random", "round_robin", "load_balanced", "first_available"] | Nobody
    among: int = 0
    open_count: int = 0
    round: int = 1
    fit: Fit = "main"

    @property
    def is_turn(self) -> bool:
        """Did it come to them because the rule shares out, and not because the contact is theirs?"""
        return self.user_id is not None and self.how not in ("owner", "same_person")


class Considered(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a rule names, as they stand now. `team_id`: the team that brings them in, None: they are named themselves. `flaw`: why no rule may
    choose them (R-013). `kinds`: of the kind that the rule gives out alone. `is_full`: has as many as they may have, all together or of it. `is_able`:
    could get a conversation now. `fit`: how they fit what everything over this channel account needs."""

    user_id: int
    team_id: int | None
    standing: Standing
    open_count: int
    conversations_max: int | None
    kinds: Sequence[KindLoad]
    flaw: Flaw | None
    is_full: bool
    is_able: bool
    fit: Fit


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """Who would get a conversation that came in now, of a contact without an owner whom nobody has answered yet. `user_id` None: nobody, or one of
    several who would be drawn (`among`). `people`: the next first, then whom the rule would choose without that one, and so on; last those who can get
    none. `skills`: what everything over this channel account needs, where the rule asks for that."""

    user_id: int | None
    how: str
    among: int
    people: Sequence[Considered]
    skills: Sequence[Skill]
