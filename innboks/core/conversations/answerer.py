"""Who answers: where an inbox wants it, an assigned conversation is its assignee's alone (AHEAD 9), whoever one is and whenever it is to leave.

The one rule for answering (`write.py`) and for what is done to an answer that is there: sent again, settled, dealt with (`change.py`, `deal.py`), sent now
or taken back (`core/held/`). One's own answer stays one's own when the conversation changes hands; what was written before that still leaves.
"""

from innboks.core.access import Actor
from innboks.core.conversations import store
from innboks.core.conversations.models import Message
from innboks.errors import Conflict
from innboks.lib.db import Connection


def check_assignee(actor: Actor, assignee_id: int | None, *, is_assignee_only: bool) -> None:
    """Raises `Conflict` where a colleague alone answers."""
    if is_assignee_only and assignee_id not in (None, actor.user_id):
        raise Conflict(
            "A colleague has this conversation, and in this inbox only its assignee answers. Take it over first.", code="assigned_to_other"
        )


async def check_answer(conn: Connection, actor: Actor, message: Message) -> None:
    """Before anything is done to an answer. Raises `Forbidden` where the actor only reads, `Conflict` where it is a colleague's."""
    actor.require_write(message.inbox_id)
    if message.author_id != actor.user_id:
        assignee_id = await store.sole_answerer(conn, actor.account_id, message.conversation_id)
        check_assignee(actor, assignee_id, is_assignee_only=True)
