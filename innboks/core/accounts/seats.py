"""Seats: whom an automatic assignment may choose, and what is wrong with those it names (R-011 to R-013, R-554).

A seat is a switch on the person, "can receive conversations". It counts for rules alone: without it one still picks up, gets by hand and
answers conversations (R-012). What makes rules (`core/routing`) asks here, and never about roles or memberships itself.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from innboks.core.accounts import store_teams as store
from innboks.errors import Invalid

if TYPE_CHECKING:
    from innboks.lib.db import Connection

Flaw = Literal["unknown", "deactivated", "invited", "no_seat", "not_a_member"]
"""Why a rule skips somebody it names, the worst first."""


async def routable(conn: "Connection", account_id: int, inbox_id: int, user_ids: Sequence[int], team_ids: Sequence[int]) -> list[int]:
    """Whom a rule of this inbox that names these people and teams may choose, by id: active, with a seat, members of the inbox; of teams the
    main members (R-554)."""
    return await store.routable(conn, account_id, inbox_id, user_ids, team_ids)


async def flaws_of_users(conn: "Connection", account_id: int, inbox_id: int, user_ids: Sequence[int]) -> dict[int, Flaw]:
    """What is wrong with people whom a rule of this inbox names (R-013). Whom nothing is wrong with is left out."""
    known = await store.seats(conn, account_id, inbox_id, user_ids)
    found: dict[int, Flaw] = {}
    for user_id in user_ids:
        if user_id not in known:
            found[user_id] = "unknown"
            continue
        joined_at, deactivated_at, has_seat, is_member = known[user_id]
        if deactivated_at is not None:
            found[user_id] = "deactivated"
        elif joined_at is None:
            found[user_id] = "invited"
        elif not has_seat:
            found[user_id] = "no_seat"
        elif not is_member:
            found[user_id] = "not_a_member"
    return found


async def missing_teams(conn: "Connection", account_id: int, team_ids: Sequence[int]) -> set[int]:
    """Which of the teams that a rule names are deleted, or never were in this account."""
    return set(team_ids) - await store.living(conn, account_id, team_ids)


async def require_routable(conn: "Connection", account_id: int, inbox_id: int, user_ids: Sequence[int], team_ids: Sequence[int]) -> None:
    """Before a rule that newly names these is stored. Raises `Invalid` (scenario 5)."""
    if await missing_teams(conn, account_id, team_ids):
        raise Invalid("One of these teams is not in your account.", code="unknown_team", field="team_ids")
    for flaw in (await flaws_of_users(conn, account_id, inbox_id, user_ids)).values():
        raise Invalid(_SENTENCES[flaw], code=flaw, field="user_ids")


_SENTENCES: dict[Flaw, str] = {
    "unknown": "One of these people is not in your account.",
    "deactivated": "One of these people is deactivated. Take them out, or activate them again.",
    "invited": "One of these people has not accepted the invitation yet.",
    "no_seat": "One of these people has no seat, so a rule cannot choose them. Switch on “can receive conversations” for them first.",
    "not_a_member": "One of these people is not a member of the inbox. Add them to it first.",
}
