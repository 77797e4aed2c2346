"""Who is where: which colleague reads or writes in which conversation (R-634).

True only now, so it has no rows. A browser says it again each 15 s while it lasts; every web process hears it through `wake.py` and forgets it after
EXPIRES_S of silence, so a process that was just started knows everything within one round. What one may not read, one does not hear of.
Read next: `tail.py`, which hears the signals; `api/app/presence.py`.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from innboks.core.access import Actor
from innboks.core.accounts.features import has_presence
from innboks.core.conversations.change import Change, change
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import Draft, draft_of, get_conversation
from innboks.core.parts import Parts
from innboks.errors import Forbidden, Invalid, NotFound
from innboks.lib.clock import Clock

EXPIRES_S = 30.0
HANDED_OVER_S = 600.0
"""So long may somebody to whom a reply was handed over read what had been written."""
SINCE_MAX = timedelta(hours=24)
PEOPLE_MAX = 20_000
"""Of one account; beyond, the oldest are forgotten."""

State = Literal["reading", "writing"]
Answer = Literal["asked", "accepted", "declined"]


class Here(msgspec.Struct, frozen=True):
    """One person in one conversation."""

    conversation_id: int
    inbox_id: int
    user_id: int
    state: State
    since: datetime


class Presence:
    """What one web process knows of who is where, in all accounts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._here: dict[int, dict[tuple[int, int], tuple[float, Here]]] = {}
        self._handed: dict[tuple[int, int, int, int], float] = {}

    def hear(self, account_id: int, signal: dict[str, Any]) -> None:
        """A signal of any process, also one of our own."""
        now = self._clock.monotonic()
        if signal.get("type") == "presence":
            key = (int(signal["conversation_id"]), int(signal["user_id"]))
            here = self._here.setdefault(account_id, {})
            here.pop(key, None)  # so that the oldest come first
            if signal["state"] != "away":
                since = datetime.fromisoformat(signal["since"])
                here[key] = (now, Here(key[0], int(signal["inbox_id"]), key[1], signal["state"], since))
            while here and (len(here) > PEOPLE_MAX or next(iter(here.values()))[0] <= now - EXPIRES_S):
                del here[next(iter(here))]
            if not here:
                del self._here[account_id]
        elif signal.get("type") == "takeover" and signal.get("answer") == "accepted":
            self._handed = {pair: until for pair, until in self._handed.items() if until > now}
            key4 = (account_id, int(signal["conversation_id"]), int(signal["user_id"]), int(signal["to_user_id"]))
            self._handed[key4] = now + HANDED_OVER_S

    def of(self, account_id: int, readable: frozenset[int]) -> list[Here]:
        """Everybody who is somewhere that may be read."""
        line = self._clock.monotonic() - EXPIRES_S
        return [here for at, here in self._here.get(account_id, {}).values() if at > line and here.inbox_id in readable]

    def one(self, account_id: int, conversation_id: int, user_id: int) -> Here | None:
        found = self._here.get(account_id, {}).get((conversation_id, user_id))
        return found[1] if found is not None and found[0] > self._clock.monotonic() - EXPIRES_S else None

    def was_handed_over(self, account_id: int, conversation_id: int, by_user_id: int, to_user_id: int) -> bool:
        return self._handed.get((account_id, conversation_id, by_user_id, to_user_id), 0.0) > self._clock.monotonic()


async def is_hidden(parts: Parts, actor: Actor) -> bool:
    """Did the operator take away that people see who else is there (R-014)? Then nothing of it is told to anybody."""
    async with parts.db.connection() as conn:
        return not await has_presence(conn, actor.account_id)


async def say_where(
    parts: Parts,
    presence: Presence,
    actor: Actor,
    conversation_id: int,
    state: Literal["reading", "writing", "away"],
    since: datetime | None,
) -> None:
    """Tells everybody who may read this conversation that the actor reads or writes here, or has gone. `since` is the browser's own idea of when it
    began; without one it is when we first heard of it."""
    conversation = await get_conversation(parts, actor, conversation_id)
    if await is_hidden(parts, actor):
        return
    now = parts.clock.now()
    before = presence.one(actor.account_id, conversation_id, actor.user_id)
    if since is None or not now - SINCE_MAX < since <= now:
        since = before.since if before is not None and before.state == state else now
    signal = {"type": "presence", "user_id": str(actor.user_id), "state": state, "since": since.isoformat()}
    await parts.wake.signal(actor.account_id, signal | _where(conversation))


async def draft_of_writer(parts: Parts, presence: Presence, actor: Actor, conversation_id: int, user_id: int) -> Draft:
    """What a colleague is writing here at this moment, or has just handed over. At other times a draft is its writer's own."""
    await get_conversation(parts, actor, conversation_id)
    here = presence.one(actor.account_id, conversation_id, user_id)
    is_writing = here is not None and here.state == "writing"
    if not is_writing and not presence.was_handed_over(actor.account_id, conversation_id, user_id, actor.user_id):
        raise NotFound("This person is not writing here at the moment.", code="not_writing")
    draft = await draft_of(parts, actor.account_id, user_id, conversation_id, "reply")
    if draft is None:
        raise NotFound("Nothing of this draft has been saved yet. Look again in a moment.", code="no_draft")
    return draft


async def take_over(parts: Parts, presence: Presence, actor: Actor, conversation_id: int, user_id: int, answer: Answer) -> None:
    """Asks the person who writes here to leave the reply to the actor; or answers such a question. Who hands over what is theirs hands over
    the conversation (R-560)."""
    conversation = await get_conversation(parts, actor, conversation_id)
    if presence.one(actor.account_id, conversation_id, user_id) is None:
        raise NotFound("This person is not in the conversation any more.", code="not_here")
    signal = {"type": "takeover", "user_id": str(actor.user_id), "to_user_id": str(user_id), "answer": answer}
    if answer == "accepted" and conversation.assignee_id == actor.user_id:
        with suppress(Invalid, Forbidden):  # one who may only read this inbox gets the draft, not the conversation
            await change(parts, actor, conversation_id, Change(assignee_id=user_id), reason="take_over")
    await parts.wake.signal(actor.account_id, signal | _where(conversation))


def _where(conversation: Conversation) -> dict[str, Any]:
    return {"inbox_id": conversation.inbox_id, "conversation_id": str(conversation.id)}
