"""How an account stands with demo data. Read next: `demo.py`."""

from datetime import datetime
from typing import Literal

import msgspec

State = Literal["none", "loading", "loaded", "failed", "removing", "removed"]


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """`done` of `total` steps of loading, or conversations of removing. `kept`: what stayed when it was removed. `remove_at`: until then, its removal can be
    taken back; None: none was asked for, or it has begun. `turn`: which try at loading it is. `is_of_operator`: it was loaded by the command line, which
    alone can take it away."""

    state: State = "none"
    done: int = 0
    total: int = 0
    kept: int = 0
    turn: int = 0
    begun_by: int = 0
    remove_at: datetime | None = None
    is_of_operator: bool = False
