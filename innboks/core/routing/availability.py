"""Who is available, set by themselves or by somebody who may (R-590 to R-596), and how many conversations they may have (R-600).

Nothing is written when a boundary passes: a standing follows from the plan and the time. Once a minute `tell` says which standings changed, so that
screens follow, and what waits is given out where the account wants that (R-562). Read next: `hours.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec

from innboks.core.access import AVAILABILITY_MANAGEMENT, SUPER_ADMIN, USER_MANAGEMENT, Actor
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.core.routing import store, store_tickets
from innboks.core.routing.assign import route_waiting
from innboks.core.routing.hours import countries, is_connected, overlap, standing, status_at
from innboks.core.routing.models import Absence, Category, Colleague, Hours, KindLoad, Plan, Status
from innboks.core.routing.store import Held
from innboks.errors import Forbidden, Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import one_line
from innboks.lib.zones import require_zone

UNSET = msgspec.UNSET
TICKET_LIMITS = ("tickets_max", "tickets_calling_max", "tickets_messaging_max", "tickets_other_max")
LIMITS = ("conversations_max", "calling_max", "messaging_max", "other_max", *TICKET_LIMITS)
HOURS_MAX = 70
ABSENCES_MAX = 200
ABSENCE_MAX = timedelta(days=3660)
FIRST_ABSENCE = datetime(2000, 1, 1, tzinfo=UTC)


class PlanChange(msgspec.Struct, kw_only=True):
    """Only what is given changes. `hours` None: always; `country` None: no holidays; a limit None: none."""

    status: Status | msgspec.UnsetType = UNSET
    time_zone: str | msgspec.UnsetType = UNSET
    hours: Sequence[Hours] | msgspec.UnsetType | None = UNSET
    country: str | msgspec.UnsetType | None = UNSET
    region: str | msgspec.UnsetType | None = UNSET
    absences: Sequence[Absence] | msgspec.UnsetType = UNSET
    conversations_max: int | msgspec.UnsetType | None = UNSET
    calling_max: int | msgspec.UnsetType | None = UNSET
    messaging_max: int | msgspec.UnsetType | None = UNSET
    other_max: int | msgspec.UnsetType | None = UNSET
    tickets_max: int | msgspec.UnsetType | None = UNSET
    tickets_calling_max: int | msgspec.UnsetType | None = UNSET
    tickets_messaging_max: int | msgspec.UnsetType | None = UNSET
    tickets_other_max: int | msgspec.UnsetType | None = UNSET


async def colleagues(parts: Parts, actor: Actor) -> list[Colleague]:
    """Everybody who is active, as they stand now: anybody may read it (R-007)."""
    now = parts.clock.now()
    async with parts.db.connection() as conn:
        held = await store.plans_of_all(conn, actor.account_id)
        counts = await store.open_counts(conn, actor.account_id, list(held))
        kinds = await _kinds(conn, actor.account_id, list(held.values()))
        tickets = await store_tickets.ticket_counts(conn, actor.account_id, list(held), now)
    return [_colleague(one, counts, kinds, tickets, now) for one in held.values()]


async def plan_of(parts: Parts, actor: Actor, user_id: int) -> tuple[Colleague, Plan]:
    """Raises `NotFound` when this is nobody of the account."""
    async with parts.db.connection() as conn:
        return await _read(conn, actor, user_id, parts.clock.now())


async def change_plan(parts: Parts, actor: Actor, user_id: int, wanted: PlanChange) -> tuple[Colleague, Plan]:
    """One's own, but for the limit; of others with the permission for it (R-007, R-009, R-591). Raises `Forbidden`, `Invalid`, `NotFound`."""
    now = parts.clock.now()
    _require(actor, user_id, wanted)
    values = _checked(wanted, now)
    async with parts.db.transaction() as conn:
        await store.lock(conn, actor.account_id)
        held = (await store.plans(conn, actor.account_id, [user_id])).get(user_id)
        if held is None:
            raise NotFound("There is no such person.", code="unknown_user")
        _check_region(values, held.plan)
        if wanted.status is not UNSET:
            values |= {"chosen": wanted.status, "chosen_at": now, "chosen_by": actor.user_id}
        if values:
            await store.save(conn, actor.account_id, user_id, values)
        if wanted.absences is not UNSET:
            await store.set_absences(conn, actor.account_id, user_id, wanted.absences)
        after = (await store.plans(conn, actor.account_id, [user_id]))[user_id]
        is_back = await _tell(conn, after, now, always=True)
        answer = await _read(conn, actor, user_id, now)
    parts.wake.touch(actor.account_id)
    if is_back:
        await route_waiting(parts, actor.account_id)
    return answer


async def tell(parts: Parts) -> None:
    """Says which standings changed since the last time, on all accounts, and gives out what waits where that is wanted: somebody may be back, or have
    room again. Runs every minute."""
    now = parts.clock.now()
    async with parts.db.connection() as conn:
        changed = [one for one in await store.plans_that_change(conn) if status_at(one.plan, now)[0] != one.told]
        giving = await store.accounts_that_give_out(conn)
    for one in changed:
        async with parts.db.transaction() as conn:
            await _tell(conn, one, now)
        parts.wake.touch(one.account_id)
    for account_id in giving:
        await route_waiting(parts, account_id)


async def _tell(conn: Connection, held: Held, now: datetime, *, always: bool = False) -> bool:
    """True when they are available and were away."""
    status = status_at(held.plan, now)[0]
    if status != held.told:
        await store.save(conn, held.account_id, held.user_id, {"told": status})
    if always or status != held.told:
        await events.add(conn, held.account_id, "availability.changed", data={"user_id": str(held.user_id), "status": status})
    return status == "available" and held.told == "away"


async def _read(conn: Connection, actor: Actor, user_id: int, now: datetime) -> tuple[Colleague, Plan]:
    held = (await store.plans(conn, actor.account_id, [user_id])).get(user_id)
    if held is None:
        raise NotFound("There is no such person.", code="unknown_user")
    counts = await store.open_counts(conn, actor.account_id, [user_id])
    tickets = await store_tickets.ticket_counts(conn, actor.account_id, [user_id], now)
    return _colleague(held, counts, await _kinds(conn, actor.account_id, [held]), tickets, now), held.plan


async def _kinds(conn: Connection, account_id: int, people: Sequence[Held]) -> dict[int, list[KindLoad]]:
    """Person → what they have of each kind that has a limit for them (R-604). Nothing is counted where there is none."""
    found: dict[int, list[KindLoad]] = {}
    for kind in get_args(Category):
        limits = {one.user_id: limit for one in people if (limit := one.limits.of(kind)) is not None}
        counts = await store.open_counts(conn, account_id, list(limits), kind) if limits else {}
        for user_id, limit in limits.items():
            found.setdefault(user_id, []).append(KindLoad(kind, counts.get(user_id, 0), limit))
    return found


def _colleague(
    held: Held, counts: Mapping[int, int], kinds: Mapping[int, Sequence[KindLoad]], tickets: Mapping[int, int], now: datetime
) -> Colleague:
    stands = standing(held.plan, now)
    by = held.plan.chosen_by
    return Colleague(
        user_id=held.user_id,
        standing=stands,
        time_zone=held.plan.time_zone,
        open_count=counts.get(held.user_id, 0),
        conversations_max=held.conversations_max,
        is_connected=is_connected(held.seen_at, now),
        limits=held.limits,
        kinds=kinds.get(held.user_id, []),
        ticket_count=tickets.get(held.user_id, 0),
        tickets_max=held.tickets_max,
        ticket_limits=held.ticket_limits,
        set_away_by=by if stands.status == "away" and stands.why == "chosen" and by != held.user_id else None,
    )


def _require(actor: Actor, user_id: int, wanted: PlanChange) -> None:
    given = {name for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
    if given.intersection(LIMITS) and not (actor.may(SUPER_ADMIN) or actor.may(USER_MANAGEMENT)):
        raise Forbidden("Only who manages people may set how many conversations somebody can have.", code="missing_permission")
    of_others = not given.issubset(LIMITS)
    if user_id != actor.user_id and of_others:
        actor.require(AVAILABILITY_MANAGEMENT)


def _checked(wanted: PlanChange, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if wanted.time_zone is not UNSET:
        require_zone(wanted.time_zone)
        values["time_zone"] = wanted.time_zone
    if wanted.hours is not UNSET:
        values["hours"] = None if wanted.hours is None else _checked_hours(list(wanted.hours))
    for name in ("country", "region"):
        if (given := getattr(wanted, name)) is not UNSET:
            values[name] = given or None
    if wanted.absences is not UNSET:
        _check_absences(wanted.absences, now)
    for name in LIMITS:
        if (limit := getattr(wanted, name)) is UNSET:
            continue
        if limit is not None and not 0 <= limit <= 100_000:
            raise Invalid("A limit is between 0 and 100000 conversations.", code="invalid", field=name)
        values[name] = limit
    return values


def _checked_hours(hours: list[Hours]) -> list[Any]:
    if len(hours) > HOURS_MAX:
        raise Invalid(f"A week has at most {HOURS_MAX} stretches of hours.", code="too_many", field="hours")
    if (found := overlap(hours)) is not None:
        one, other = found
        if one is other:
            raise Invalid(f"Hours end after they begin, and {one.to} is not after {one.from_}.", code="ends_before", field="hours")
        raise Invalid(
            f"Two stretches of one day overlap: {one.from_} to {one.to}, and {other.from_} to {other.to}.", code="overlap", field="hours"
        )
    built: list[Any] = msgspec.to_builtins(sorted(hours, key=lambda one: (one.day, one.from_)))
    return built


def _check_absences(absences: Sequence[Absence], now: datetime) -> None:
    if len(absences) > ABSENCES_MAX:
        raise Invalid(f"At most {ABSENCES_MAX} absences can be kept.", code="too_many", field="absences")
    for one in absences:
        if one.starts_at.tzinfo is None or one.ends_at.tzinfo is None:
            raise Invalid("The times of an absence need their time zone.", code="no_time_zone", field="absences")
        if not timedelta() < one.ends_at - one.starts_at <= ABSENCE_MAX:
            raise Invalid("An absence ends after it begins, within ten years.", code="ends_before", field="absences")
        if one.starts_at < FIRST_ABSENCE or one.ends_at - now > ABSENCE_MAX:
            raise Invalid("An absence is within the next ten years.", code="too_far", field="absences")
        if one.note != one_line(one.note, 200):
            raise Invalid("The note of an absence is one line of at most 200 characters.", code="too_long", field="absences")


def _check_region(values: dict[str, Any], before: Plan) -> None:
    """A region belongs to its country; a new country alone has none."""
    if "country" not in values and "region" not in values:
        return
    country = values.get("country", before.country)
    region = values.get("region") if "country" in values else values.get("region", before.region)
    if country is not None and country not in countries():
        raise Invalid("The holidays of this country are not known. It is written like “NO”.", code="unknown_country", field="country")
    if region is not None and (country is None or region not in countries()[country]):
        raise Invalid("This country has no such region with holidays of its own.", code="unknown_region", field="region")
    values["region"] = region
