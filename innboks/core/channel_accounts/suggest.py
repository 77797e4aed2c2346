"""What a channel can tell of its own form from what is typed so far, before anything is connected: the servers that belong to an address."""

from collections.abc import Mapping, Sequence
from typing import Any

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts.connect import draft_of, read_config
from innboks.core.parts import Parts
from innboks.sdk.contract import Suggestion
from innboks.sdk.registry import offers


async def suggest(parts: Parts, actor: Actor, kind: str, config: Mapping[str, Any]) -> Sequence[Suggestion]:
    """Nothing is stored. Empty for channels that suggest nothing. Raises `Invalid` where what is typed is not the channel's form."""
    actor.require(ACCOUNT_ACCESS)
    channel = parts.registry.get(kind)
    typed = read_config(channel, config)
    if not offers(channel, "suggest"):
        return ()
    draft = await draft_of(parts, actor, kind, "", None, typed)
    return await channel.suggest(draft.context)
