"""Which stored secrets have to be typed again. One is shown to nobody, so it goes to no other server than the one that it was typed for, either: else
whoever may change a connection could have it sent to a server of theirs. The channel's form says where each secret goes (`x-sent-to`: a server's
field, and the secrets that go there instead where they are given)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from innboks.errors import Invalid
from innboks.sdk.contract import Channel


def to_retype(channel: Channel, stored: Mapping[str, Any], typed: Mapping[str, Any]) -> list[str]:
    """The stored secrets that would go to another server. `typed`: what is put over `stored`, without secrets that were left empty."""
    merged = {**stored, **typed}
    found = []
    for name, facts in msgspec.json.schema(channel.Config)["$defs"][channel.Config.__name__]["properties"].items():
        if not stored.get(name) or name in typed:
            continue
        for server, instead in facts.get("x-sent-to", {}).items():
            is_other = _server_name(merged.get(server)) not in ("", _server_name(stored.get(server)))
            if is_other and not any(merged.get(one) for one in instead):
                found.append(name)
                break
    return found


def require_retyped(channel: Channel, stored: Mapping[str, Any], typed: Mapping[str, Any]) -> None:
    """Raises `Invalid` with the first of them."""
    for name in to_retype(channel, stored, typed):
        raise Invalid(
            "The server is another one, so the stored password is not shown to it. Type the password again.",
            code="secret_needed",
            field=f"config.{name}",
        )


def _server_name(value: Any) -> str:
    return str(value or "").strip().rstrip(".").lower()
