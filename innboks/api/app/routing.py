"""Who is available, and who gets the conversations of a channel account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, patch, post, put
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, PathId, number, text_id
from innboks.core.access import Actor
from innboks.core.accounts.seats import Flaw
from innboks.core.routing import availability, rules
from innboks.core.routing.assign import LIVE
from innboks.core.routing.hours import countries, next_holidays, zone
from innboks.core.routing.models import (
    Absence,
    Category,
    Colleague,
    Distribution,
    Fit,
    Hours,
    KindLoad,
    Next,
    Plan,
    Rule,
    Skill,
    Skilled,
    Status,
    Target,
    Why,
)
from innboks.core.routing.rules import Named, Played

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
HOLIDAYS_SHOWN = 3
Limit = Annotated[int, msgspec.Meta(ge=0, le=100000)]
Code = Annotated[str, msgspec.Meta(max_length=20)]


class KindLoadOut(msgspec.Struct):
    """How many open ones somebody has of a kind that has a limit of its own: calls, chats and messages, or email with the rest."""

    kind: Category
    open_count: int
    max: int


class AvailabilityOut(msgspec.Struct):
    """How somebody stands now. `why`: “chosen” by hand, or what “hours”, a “holiday” or an “absence” say; “”: nothing limits it. `until`: when that changes
    by itself. `open_count` of at most `conversations_max` (null: no limit); `kinds`: the same for each kind that has a limit;
    `ticket_count` of `tickets_max`: open tickets that channels made. `set_away_by`: a colleague
    who set them away (R-594). `is_connected`: the app was open in the last five minutes (R-596). `time_zone`: of their hours."""

    user_id: str
    status: Status
    why: Why
    until: datetime | None
    time_zone: str
    open_count: int
    conversations_max: int | None
    kinds: list[KindLoadOut]
    ticket_count: int
    tickets_max: int | None
    set_away_by: str | None
    is_connected: bool


class HoursIn(Input, rename={"from_": "from"}):
    """A stretch of the week; `day` 0 is Monday, times as 09:00, `to` 24:00 at most."""

    day: Annotated[int, msgspec.Meta(ge=0, le=6)]
    from_: Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
    to: Annotated[str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$(?!\n)")]


class AbsenceIn(Input):
    starts_at: Moment
    ends_at: Moment
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class HolidayOut(msgspec.Struct):
    date: str
    name: str


class PlanOut(AvailabilityOut):
    """And all that it follows from. `hours` null: always. The three limits are of their kind of conversation alone (null: none)."""

    hours: list[Hours] | None
    country: str | None
    region: str | None
    next_holidays: list[HolidayOut]
    absences: list[Absence]
    calling_max: int | None
    messaging_max: int | None
    other_max: int | None
    tickets_calling_max: int | None
    tickets_messaging_max: int | None
    tickets_other_max: int | None


class PlanIn(Input):
    """Only what is given changes. `status` counts until the next boundary of hours, holidays and absences."""

    status: Status | msgspec.UnsetType = msgspec.UNSET
    time_zone: Annotated[str, msgspec.Meta(max_length=60)] | msgspec.UnsetType = msgspec.UNSET
    hours: Annotated[list[HoursIn], msgspec.Meta(max_length=70)] | msgspec.UnsetType | None = msgspec.UNSET
    country: Code | msgspec.UnsetType | None = msgspec.UNSET
    region: Code | msgspec.UnsetType | None = msgspec.UNSET
    absences: Annotated[list[AbsenceIn], msgspec.Meta(max_length=200)] | msgspec.UnsetType = msgspec.UNSET
    conversations_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    calling_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    messaging_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    other_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    tickets_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    tickets_calling_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    tickets_messaging_max: Limit | msgspec.UnsetType | None = msgspec.UNSET
    tickets_other_max: Limit | msgspec.UnsetType | None = msgspec.UNSET


class RegionOut(msgspec.Struct):
    code: str
    name: str


class CountryOut(msgspec.Struct):
    code: str
    regions: list[RegionOut]


class TargetIn(Input):
    type: Literal["user", "team"]
    id: Id


class RuleIn(Input):
    """`asks_owner`: the contact's owner first; then, or else, whom `targets` name, in their order. `returning_days`: among those, whoever answered the
    contact in the last so many days comes first (null: nobody does). `skills`: what a conversation needs does not count (“off”), who has it comes before
    the others (“prefer”), or nobody else gets it (“require”)."""

    is_on: bool
    asks_owner: bool = False
    targets: Annotated[list[TargetIn], msgspec.Meta(max_length=200)] = []
    returning_days: Annotated[int, msgspec.Meta(ge=1, le=365)] | None = None
    only_available: bool = True
    distribution: Distribution = "random"
    skills: Skilled = "off"


class TargetOut(msgspec.Struct):
    """`flaw`: why the rule skips it, null when it does not (R-013)."""

    type: Literal["user", "team"]
    id: str
    flaw: Flaw | Literal["deleted"] | None


class RuleOut(msgspec.Struct):
    """`is_live`: visitors wait before the screen, so availability always counts."""

    is_on: bool
    asks_owner: bool
    targets: list[TargetOut]
    returning_days: int | None
    only_available: bool
    distribution: Distribution
    skills: Skilled
    is_live: bool


class RuleOfOut(msgspec.Struct):
    channel_account_id: str
    rule: RuleOut


class NeededOut(msgspec.Struct):
    """A skill that is needed. `language`: its ISO 639 code, null for what is none."""

    name: str
    language: str | None


class PlayedOut(msgspec.Struct):
    """Whom the rule would have chosen (null: nobody), and how, or why nobody. `skills`: what it needs, and `fit`: how well they have that.
    Of a conversation one may not read, neither id nor words are told."""

    conversation_id: str | None
    subject: str
    contact_name: str
    created_at: datetime
    user_id: str | None
    how: str
    open_count: int
    skills: list[NeededOut]
    fit: Fit


class ConsideredOut(msgspec.Struct):
    """Somebody whom the rule names. `team_id`: by a team, null: themselves. `flaw`: why no rule may choose them. `kinds`: of the kind that comes over
    this channel, where it has a limit. `is_full`: at a limit. `is_able`: could get one now.
    `fit`: how well they have what everything here needs."""

    user_id: str
    team_id: str | None
    status: Status
    why: Why
    until: datetime | None
    open_count: int
    conversations_max: int | None
    kinds: list[KindLoadOut]
    flaw: Flaw | None
    is_full: bool
    is_able: bool
    fit: Fit


class NextOut(msgspec.Struct):
    """Who would get a conversation that came in now, of a contact without an owner whom nobody has answered yet. `user_id` null: nobody, or one of `among` by
    a draw. `people`: the next first, then whom the rule would choose without that one, and so on; last those who can get none. `skills`: what
    everything over this channel account needs, where the rule asks for it."""

    user_id: str | None
    how: str
    among: int
    people: list[ConsideredOut]
    skills: list[NeededOut]


class SimulationOut(msgspec.Struct):
    """`now`: what the rule does now; the others: what it would have done. `counts`: how many each would have got."""

    now: NextOut
    items: list[PlayedOut]
    counts: dict[str, int]
    nobody: int


def _kinds(kinds: Sequence[KindLoad]) -> list[KindLoadOut]:
    return [KindLoadOut(one.kind, one.open_count, one.max) for one in kinds]


def _standing(one: Colleague) -> dict[str, Any]:
    return {
        "user_id": str(one.user_id),
        "status": one.standing.status,
        "why": one.standing.why,
        "until": one.standing.until,
        "time_zone": one.time_zone,
        "open_count": one.open_count,
        "conversations_max": one.conversations_max,
        "kinds": _kinds(one.kinds),
        "ticket_count": one.ticket_count,
        "tickets_max": one.tickets_max,
        "set_away_by": text_id(one.set_away_by),
        "is_connected": one.is_connected,
    }


def _plan(one: Colleague, plan: Plan, now: datetime) -> PlanOut:
    today = now.astimezone(zone(plan.time_zone)).date()
    coming = [] if plan.country is None else next_holidays(plan.country, plan.region, today, HOLIDAYS_SHOWN)
    return PlanOut(
        hours=None if plan.hours is None else list(plan.hours),
        country=plan.country,
        region=plan.region,
        next_holidays=[HolidayOut(day.isoformat(), name) for day, name in coming],
        absences=list(plan.absences),
        calling_max=one.limits.calling,
        messaging_max=one.limits.messaging,
        other_max=one.limits.other,
        tickets_calling_max=one.ticket_limits.calling,
        tickets_messaging_max=one.ticket_limits.messaging,
        tickets_other_max=one.ticket_limits.other,
        **_standing(one),
    )


def _rule(data: RuleIn) -> Rule:
    targets = [Target(one.type, number(one.id)) for one in data.targets]
    return Rule(
        is_on=data.is_on,
        asks_owner=data.asks_owner,
        targets=targets,
        returning_days=data.returning_days,
        only_available=data.only_available,
        distribution=data.distribution,
        skills=data.skills,
    )


def _shown(rule: Rule, named: list[Named], is_live: bool) -> RuleOut:
    return RuleOut(
        is_on=rule.is_on,
        asks_owner=rule.asks_owner,
        targets=[TargetOut(one.target.type, str(one.target.id), one.flaw) for one in named],
        returning_days=rule.returning_days,
        only_available=rule.only_available,
        distribution=rule.distribution,
        skills=rule.skills,
        is_live=is_live,
    )


@get("/availability", operation_id="list_availability", tags=["users"], summary="Who is available, and how many conversations each has")
async def list_availability(request: Call) -> Items[AvailabilityOut]:
    return Items([AvailabilityOut(**_standing(one)) for one in await availability.colleagues(request.parts, request.actor)])


@get("/availability/countries", operation_id="list_holiday_countries", tags=["users"], summary="Countries whose public holidays are known")
async def list_countries(request: Call) -> Items[CountryOut]:
    return Items([CountryOut(code, [RegionOut(*one) for one in regions.items()]) for code, regions in sorted(countries().items())])


@get(
    "/users/{user_id:str}/availability", operation_id="get_availability", tags=["users"], summary="Somebody's hours, holidays and absences"
)
async def get_availability(request: Call, user_id: PathId) -> PlanOut:
    return _plan(*await availability.plan_of(request.parts, request.actor, user_id), request.parts.clock.now())


@patch(
    "/users/{user_id:str}/availability",
    operation_id="update_availability",
    tags=["users"],
    summary="Set somebody available or away, or change the plan",
)
async def update_availability(request: Call, user_id: PathId, data: JSONBody[PlanIn]) -> PlanOut:
    unset = msgspec.UNSET
    change = availability.PlanChange(
        status=data.status,
        time_zone=data.time_zone,
        hours=[Hours(one.day, one.from_, one.to) for one in data.hours] if isinstance(data.hours, list) else data.hours,
        country=data.country,
        region=data.region,
        absences=unset if data.absences is unset else [Absence(one.starts_at, one.ends_at, one.note) for one in data.absences],
        conversations_max=data.conversations_max,
        calling_max=data.calling_max,
        messaging_max=data.messaging_max,
        other_max=data.other_max,
        tickets_max=data.tickets_max,
        tickets_calling_max=data.tickets_calling_max,
        tickets_messaging_max=data.tickets_messaging_max,
        tickets_other_max=data.tickets_other_max,
    )
    return _plan(*await availability.change_plan(request.parts, request.actor, user_id, change), request.parts.clock.now())


@get(
    "/assignment-rules",
    operation_id="list_assignment_rules",
    tags=["channel accounts"],
    summary="Who gets what, over every channel account",
)
async def list_rules(request: Call) -> Items[RuleOfOut]:
    found = await rules.rules_of_all(request.parts, request.actor)
    return Items([RuleOfOut(str(row.id), _shown(rule, named, row.category == LIVE)) for row, rule, named in found])


@get(
    "/channel-accounts/{channel_account_id:str}/assignment",
    operation_id="get_assignment_rule",
    tags=["channel accounts"],
    summary="Who gets its new conversations",
)
async def get_rule(request: Call, channel_account_id: PathId) -> RuleOut:
    found = await rules.rule_of(request.parts, request.actor, channel_account_id)
    return _shown(*found, await rules.is_live(request.parts, request.actor, channel_account_id))


@put(
    "/channel-accounts/{channel_account_id:str}/assignment",
    operation_id="set_assignment_rule",
    tags=["channel accounts"],
    summary="Say who gets its new conversations",
)
async def set_rule(request: Call, channel_account_id: PathId, data: JSONBody[RuleIn]) -> RuleOut:
    after = await rules.set_rule(request.parts, request.actor, channel_account_id, _rule(data))
    return _shown(*after, await rules.is_live(request.parts, request.actor, channel_account_id))


@post(
    "/channel-accounts/{channel_account_id:str}/assignment/simulation",
    operation_id="simulate_assignment_rule",
    tags=["channel accounts"],
    summary="Who would have got the last hundred conversations under this rule",
    status_code=200,
)
async def simulate(request: Call, channel_account_id: PathId, data: JSONBody[RuleIn]) -> SimulationOut:
    rule, actor = _rule(data), request.actor
    now = await rules.next_one(request.parts, actor, channel_account_id, rule)
    played = await rules.simulate(request.parts, actor, channel_account_id, rule)
    counts: dict[str, int] = {}
    for one in played:
        if one.choice.user_id is not None:
            counts[str(one.choice.user_id)] = counts.get(str(one.choice.user_id), 0) + 1
    return SimulationOut(
        _next(now), [_played(one, actor) for one in played], counts, sum(1 for one in played if one.choice.user_id is None)
    )


def _next(found: Next) -> NextOut:
    people = [
        ConsideredOut(
            user_id=str(one.user_id),
            team_id=text_id(one.team_id),
            status=one.standing.status,
            why=one.standing.why,
            until=one.standing.until,
            open_count=one.open_count,
            conversations_max=one.conversations_max,
            kinds=_kinds(one.kinds),
            flaw=one.flaw,
            is_full=one.is_full,
            is_able=one.is_able,
            fit=one.fit,
        )
        for one in found.people
    ]
    return NextOut(text_id(found.user_id), found.how, found.among, people, _needed(found.skills))


def _needed(skills: Sequence[Skill]) -> list[NeededOut]:
    return [NeededOut(one.name, one.language) for one in skills]


def _played(one: Played, actor: Actor) -> PlayedOut:
    past, may_read = one.conversation, actor.can_read(one.conversation.inbox_id)
    return PlayedOut(
        conversation_id=str(past.id) if may_read else None,
        subject=past.subject if may_read else "",
        contact_name=past.contact_name if may_read else "",
        created_at=past.created_at,
        user_id=text_id(one.choice.user_id),
        how=one.choice.how,
        open_count=one.choice.open_count,
        skills=_needed(one.skills),
        fit=one.choice.fit,
    )


routes = [list_availability, list_countries, get_availability, update_availability, list_rules, get_rule, set_rule, simulate]
