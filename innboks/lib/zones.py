"""Time zones that somebody may choose: the names of the IANA time zone database (https://www.iana.org/time-zones).

What stands beside them on a server's disk has names too, but is no place: `localtime` is wherever that server stands, `posixrules` a rule for others, and
`Factory` one that was never set. `posix/` and `right/` are copies, the latter with leap seconds, which no clock here counts.
"""

from functools import lru_cache
from zoneinfo import available_timezones

from innboks.errors import Invalid

_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Names that `ZoneInfo` knows and that mean the same everywhere."""
    return frozenset(one for one in available_timezones() if one not in _NO_PLACES and not one.startswith(("posix/", "right/")))


def require_zone(name: str) -> None:
    if name not in zone_names():
        raise Invalid("There is no such time zone. It is written like “Europe/Oslo”.", code="unknown_time_zone", field="time_zone")
