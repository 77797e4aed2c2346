"""What a conversation may be merged with: first what the same person has, then what is found among the newest by words."""

from innboks.core.access import Actor
from innboks.core.conversations import store as conversations
from innboks.core.conversations.models import Conversation
from innboks.core.conversations.read import readable_conversation
from innboks.core.parts import Parts
from innboks.core.rearrangements import store
from innboks.lib.text import one_line

FOUND_MAX = 20


async def candidates(parts: Parts, actor: Actor, conversation_id: int, words: str) -> tuple[list[Conversation], list[Conversation]]:
    """(other conversations of the same sender, open ones first; the newest that hold these words in subject, name or address)."""
    async with parts.db.connection() as conn:
        here = await readable_conversation(conn, actor, conversation_id)
        inboxes = sorted(actor.writable)
        same = await store.of_same_sender(conn, actor.account_id, here.id, inboxes, FOUND_MAX)
        words = one_line(words, 200)
        found = await store.recent(conn, actor.account_id, here.id, inboxes, words, FOUND_MAX)
        rows = {one.id: one for one in await conversations.of_ids(conn, actor.account_id, [*same, *found], actor.user_id)}
    return [rows[one] for one in same if one in rows], [rows[one] for one in found if one in rows and one not in same]
