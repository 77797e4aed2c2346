"""Whom an answer goes to: who was typed, or whoever the newest message from outside is from. Read next: `write.py`, which asks."""

from collections.abc import Sequence

from innboks.core.channel_accounts.directory import Connected
from innboks.core.conversations.models import NewMessage
from innboks.core.dispatches.store import ReplyGround
from innboks.errors import Invalid
from innboks.lib.addresses import typed_party
from innboks.lib.text import one_line
from innboks.sdk.contract import Abilities

RECIPIENTS_MAX = 100

People = list[dict[str, str]]


def addressees(new: NewMessage, ground: ReplyGround, connected: Connected) -> People:
    """Whom the answer goes to. What is not given follows the newest message from outside: its Reply-To or sender, and everybody who was in copy
    (R-126), but none of our own addresses."""
    abilities, own = connected.channel.abilities, connected.context.own_addresses
    people: People = []
    if new.to is not None:
        people += typed(new.to, "to", abilities)
    else:
        answered = ground.reply_to or ([ground.sender] if ground.sender else [])
        people += [_person(one, "to") for one in answered if one.get("address") and one["address"].lower() not in own]
        if not people and ground.party_address:
            people.append({"address": ground.party_address, "name": "", "role": "to"})
    if new.cc is not None:
        people += typed(new.cc, "cc", abilities)
    elif "cc" in abilities.recipient_roles and new.to is None:
        people += [
            _person(one, "cc") for one in ground.recipients or [] if one.get("role") in ("to", "cc") and one["address"].lower() not in own
        ]
    if new.bcc is not None:
        people += typed(new.bcc, "bcc", abilities)
    unique: dict[str, dict[str, str]] = {}
    for one in people:
        unique.setdefault(one["address"].lower(), one)
    if not unique:
        raise Invalid("There is nobody to send this to: write an address.", code="no_recipient", field="to")
    if len(unique) > RECIPIENTS_MAX:
        raise Invalid(
            f"At most {RECIPIENTS_MAX} people can get one message. This one would go to {len(unique)}: leave some out, or answer only who wrote.",
            code="too_many_recipients",
            field="to",
        )
    return list(unique.values())


def typed(given: Sequence[str], role: str, abilities: Abilities) -> People:
    """Recipients that a person typed, checked."""
    if len(given) > RECIPIENTS_MAX:
        raise Invalid(f"At most {RECIPIENTS_MAX} people can get one message.", code="too_many_recipients", field=role)
    parties = [typed_party(one, abilities.identity, role) for one in given]
    return [{"address": address, "name": one_line(name, 200), "role": role} for address, name in parties]


def _person(party: dict[str, str], role: str) -> dict[str, str]:
    return {"address": party["address"], "name": party.get("name", ""), "role": role}
