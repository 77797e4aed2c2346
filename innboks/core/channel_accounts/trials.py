"""Trying what is typed in a set-up before anything is connected or stored: one thing after another, as the channel names them (picture 03a)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts.connect import draft_of, read_config
from innboks.core.parts import Parts
from innboks.errors import Invalid, SendError
from innboks.sdk.contract import Finding


class Tried(msgspec.Struct, frozen=True):
    """`found`: line by line, of which some may be wrong or missing. Where it failed: `sentence` says what is wrong and what to do, `field` where in the
    form, if it is one field."""

    is_ok: bool
    sentence: str = ""
    field: str | None = None
    found: Sequence[Finding] = ()


async def try_settings(parts: Parts, actor: Actor, kind: str, what: str, config: Mapping[str, Any]) -> Tried:
    """`what`: one of the channel's `trials`. Raises `Forbidden`, `TooMany`, and `Invalid` where it is none, or what is typed is not the channel's form."""
    actor.require(ACCOUNT_ACCESS)
    channel = parts.registry.get(kind)
    typed = read_config(channel, config)
    if what not in channel.trials:
        raise Invalid(f"There is nothing of this name to try. There is: {', '.join(channel.trials) or 'nothing'}.", field="what")
    draft = await draft_of(parts, actor, kind, "", None, typed)
    parts.trials.take(actor.account_id, parts.clock.monotonic())
    try:
        return Tried(True, found=await channel.try_out(draft.context, what))
    except Invalid as error:
        return Tried(False, error.sentence, error.field)
    except SendError as error:
        return Tried(False, error.sentence)
