"""The one door of permission: who is asking, and what may they see and do.

Every function that hands rows to the edge takes an `Actor` and goes through this file (DESIGN §4). Seeing and acting are two
things: somebody whose role reads every inbox, but who is not a member, may read it and not act in it (R-023). What one may not
see does not exist for one: the answer is `NotFound`, never `Forbidden`, so that ids of others cannot be probed.

Which inboxes a person may read and act in is found once, with the person (`core/accounts/actors.py`), from the view
`inbox_access`; no list joins it per row. `tests/api/test_roles_and_routes.py` walks every route as every kind of person.
"""

import msgspec

from innboks.errors import Forbidden

SUPER_ADMIN = "super_admin"
"""Everything, including roles (R-009)."""
ACCOUNT_ACCESS = "account_access"
"""Connect and edit channels and inboxes (R-004, R-005, R-008)."""
USER_MANAGEMENT = "user_management"
"""Add and edit people, teams and seats."""
AVAILABILITY_MANAGEMENT = "availability_management"
"""Change a colleague's availability (R-007)."""
CHATFLOWS = "chatflows"
"""Make and edit chatflows (R-006)."""
READ_ALL_INBOXES = "read_all_inboxes"
"""Read every inbox, also without being a member (R-023)."""
ALL_PERMISSIONS = (SUPER_ADMIN, ACCOUNT_ACCESS, USER_MANAGEMENT, AVAILABILITY_MANAGEMENT, CHATFLOWS, READ_ALL_INBOXES)

MENDERS = (SUPER_ADMIN, ACCOUNT_ACCESS)
"""Who has one of these can do something about a connection, and is told when it breaks."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The person behind a request: found from a session or a token, never from the request's own words.

    `readable` are the inboxes whose conversations this person may read, `writable` those in which they may act. `is_program`: a program acts for
    them, with an API token."""

    account_id: int
    user_id: int
    name: str
    first_name: str
    last_name: str
    email: str
    locale: str
    permissions: frozenset[str]
    readable: frozenset[int]
    writable: frozenset[int]
    is_program: bool = False

    def may(self, permission: str) -> bool:
        return permission in self.permissions or SUPER_ADMIN in self.permissions

    def require(self, permission: str) -> None:
        """Raises `Forbidden` with a sentence that names what is missing."""
        if permission == SUPER_ADMIN and not self.may(permission):
            raise Forbidden("Only a super admin may do this. Ask one of them.", code="missing_permission")
        if not self.may(permission):
            words = permission.replace("_", " ")
            raise Forbidden(f"You need the permission “{words}” for this. An administrator can give it to you.", code="missing_permission")

    def may_give(self, permissions: frozenset[str]) -> bool:
        """Has this person all of these themselves? Nobody hands out, or takes away, more than they have."""
        return SUPER_ADMIN in self.permissions or permissions <= self.permissions

    def can_read(self, inbox_id: int) -> bool:
        return inbox_id in self.readable

    def require_write(self, inbox_id: int) -> None:
        """For rows the actor can already see: raises `Forbidden` when they may only read them (R-023)."""
        if inbox_id not in self.writable:
            raise Forbidden("You can read this inbox but are not a member of it. Ask to be added to answer here.", code="not_a_member")
