"""How a customer's mailbox takes our mail: as it should, or with one of the troubles that mail has in the world.

A trouble is asked for in the address (`bounce+ola@example.com`), or chosen on the page for any address. Pure: `mail_server.py` does what
stands here. The answers are worded as large mail servers word them (RFC 5321, RFC 3463).
"""

from typing import Literal

import msgspec

Stage = Literal["recipient", "text"]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """`refusal` is answered at `stage`; with `only_first`, the second try is taken. `after_s`: it takes its time. `hangs_up`: it takes the
    whole mail and then says nothing. `report_status`: it takes the mail, and a failure report comes back. `is_away`: an automatic reply comes."""

    name: str
    label: str
    stage: Stage = "recipient"
    refusal: str = ""
    only_first: bool = False
    after_s: float = 0.0
    hangs_up: bool = False
    report_status: str = ""
    report_text: str = ""
    is_away: bool = False


NORMAL = Behaviour(name="normal", label="Takes mail")
BEHAVIOURS = (
    NORMAL,
    Behaviour(
        name="bounce", label="Does not exist: refused at once", refusal="550 5.1.1 <{address}>: Recipient address rejected: User unknown"
    ),
    Behaviour(
        name="later",
        label="Does not exist: a failure report comes back",
        report_status="5.1.1",
        report_text="550 5.1.1 The email account that you tried to reach does not exist",
    ),
    Behaviour(name="full", label="Mailbox is full", refusal="552 5.2.2 <{address}>: Mailbox full, quota exceeded"),
    Behaviour(
        name="greylist", label="Takes the second try only", refusal="451 4.7.1 <{address}>: Please come back in a moment", only_first=True
    ),
    Behaviour(name="spam", label="Takes our mail for spam", stage="text", refusal="554 5.7.1 Message rejected as spam"),
    Behaviour(name="slow", label="Answers after 10 seconds", after_s=10.0),
    Behaviour(name="hang", label="Takes the mail, then hangs up", hangs_up=True),
    Behaviour(name="away", label="Is on holiday: answers automatically", is_away=True),
)
BY_NAME = {one.name: one for one in BEHAVIOURS}


def behaviour_of(address: str, chosen: str | None = None) -> Behaviour:
    """What was chosen for this address; else what its local part asks for: `NAME+anything@`, and `nobody@`, who does not exist."""
    if chosen is not None:
        return BY_NAME[chosen]
    local = address.lower().partition("@")[0]
    if local == "nobody":
        return BY_NAME["bounce"]
    return BY_NAME.get(local.partition("+")[0], NORMAL) if "+" in local else NORMAL
