"""Every error that has a meaning, in one tree. An error's class says what happens next, so nothing else has to ask.

    InnboksError
    ├── Refused                what a person or program asked for cannot be done; the sentence says what to do instead
    │   ├── Invalid            the input is wrong                                   → 400
    │   ├── Unauthenticated    nobody is signed in, or the token is not ours        → 401
    │   ├── Forbidden          signed in, but this is not allowed                   → 403
    │   ├── NotFound           not there, or not yours                              → 404
    │   ├── Conflict           it was there already, or it changed meanwhile        → 409
    │   ├── TooLarge           more than we take                                    → 413
    │   └── TooMany            more often than we take                              → 429
    ├── SendError              a channel could not send; see `core/conversations/send.py`
    │   ├── Retry              try again later, until the total time is used up
    │   ├── Rejected           this message will never go
    │   ├── Blocked            this person cannot be reached here
    │   ├── Broken             the connection needs an admin: hold the queue, tell everybody once
    │   └── Uncertain          it may have left: looked up where that is possible, else a person decides
    └── ReceiveError           what came in is not what it says; see `core/conversations/receive.py`
        ├── BadSignature       the proof of origin is missing or wrong: refused, never kept
        ├── TooEarly           it tells of a message that is not here: kept and tried again, in case that comes after it
        └── Unrecognised       genuine, but not understood: kept in quarantine

Every error has a `code` for programs and a `sentence` for people. The sentence carries no secret, no message text and no
address in full, because it is logged and shown (DESIGN §6, "Safety on both roads").
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any


class InnboksError(Exception):
    """The root. `code` is stable and machine readable; `sentence` is one plain English sentence that says what to do."""

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class Refused(InnboksError):
    """A request that is answered with a problem document (RFC 9457). `field` names the part of the input that is wrong."""

    status = 400
    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.field = field


class Invalid(Refused):
    status = 400
    code = "invalid"


class Unauthenticated(Refused):
    status = 401
    code = "unauthenticated"


class Forbidden(Refused):
    status = 403
    code = "forbidden"


class NotFound(Refused):
    status = 404
    code = "not_found"


class Conflict(Refused):
    status = 409
    code = "conflict"


class NewerMessage(Conflict):
    """Something came into a conversation while an answer was written (R-642). `newer` says what, shortly, oldest first."""

    code = "newer_message"

    def __init__(self, sentence: str, newer: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(sentence)
        self.newer = newer


class TooLarge(Refused):
    status = 413
    code = "too_large"


class TooMany(Refused):
    """`after` says when it makes sense to come back."""

    status = 429
    code = "too_many"

    def __init__(self, sentence: str, *, after: timedelta, code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.after = after


class SendError(InnboksError):
    """A channel could not send. `detail` is what the provider said, cleaned, for the fold under the sentence."""

    code = "send_failed"

    def __init__(self, sentence: str, *, code: str | None = None, detail: str = "") -> None:
        super().__init__(sentence, code=code)
        self.detail = detail


class Retry(SendError):
    """Something passing. `after` is the provider's own wish, when it gave one (Retry-After); otherwise the road backs off."""

    code = "temporary"

    def __init__(self, sentence: str, *, after: timedelta | None = None, code: str | None = None, detail: str = "") -> None:
        super().__init__(sentence, code=code, detail=detail)
        self.after = after


class Rejected(SendError):
    code = "rejected"


class Blocked(SendError):
    code = "blocked"


class Broken(SendError):
    code = "broken"


class Uncertain(SendError):
    code = "uncertain"


class ReceiveError(InnboksError):
    code = "not_received"


class BadSignature(ReceiveError):
    code = "bad_signature"


class TooEarly(ReceiveError):
    code = "unknown_message"


class Unrecognised(ReceiveError):
    code = "unrecognised"
