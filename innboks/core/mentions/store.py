"""SQL of mentions: a comment that names a person with @. The view Mentions shows the conversations; they are new until the person has read so far."""

from collections.abc import Sequence

from innboks.lib.db import Connection


async def add(conn: Connection, account_id: int, conversation_id: int, message_id: int, user_ids: Sequence[int]) -> None:
    """Call in the transaction that records the comment. People outside the account, deactivated ones and the author are left out by the caller or
    here; naming somebody twice counts once. Each one named is told, nobody else."""
    await conn.execute(
        """with named as (
               insert into mention (account_id, user_id, message_id, conversation_id)
               select u.account_id, u.id, %(message)s, %(conversation)s from app_user u
               where u.account_id = %(account)s and u.id = any(%(users)s) and u.deactivated_at is null and u.joined_at is not null
               on conflict do nothing returning user_id
           )
           insert into event (account_id, type, conversation_id, user_id, data)
           select %(account)s, 'mention.changed', %(conversation)s, user_id, jsonb_build_object('message_id', %(message)s::bigint, 'seen', false)
           from named""",
        {"account": account_id, "conversation": conversation_id, "message": message_id, "users": list(user_ids)},
    )


async def mark_seen(conn: Connection, account_id: int, user_id: int, conversation_id: int, up_to_message_id: int) -> None:
    """The person has read the conversation so far."""
    await conn.execute(
        """with seen as (
               update mention set seen = true where account_id = %(account)s and user_id = %(user)s and conversation_id = %(conversation)s
                   and message_id <= %(message)s and not seen returning message_id
           )
           insert into event (account_id, type, conversation_id, user_id, data)
           select %(account)s, 'mention.changed', %(conversation)s, %(user)s, jsonb_build_object('message_id', max(message_id), 'seen', true)
           from seen having count(*) > 0""",
        {"account": account_id, "user": user_id, "conversation": conversation_id, "message": up_to_message_id},
    )


async def unseen(conn: Connection, account_id: int, user_id: int, inbox_ids: Sequence[int], limit: int) -> list[int]:
    """The conversations that `count_unseen` counts, the newest mention first."""
    cursor = await conn.execute(
        f"""select m.conversation_id from mention m join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
            where m.account_id = %s and m.user_id = %s and not m.seen and c.inbox_id = any(%s) and c.shelf in ('open', 'closed', 'snoozed')
            group by m.conversation_id order by max(m.message_id) desc limit {limit:d}""",
        (account_id, user_id, list(inbox_ids)),
    )
    return [row[0] for row in await cursor.fetchall()]


async def count_unseen(conn: Connection, account_id: int, user_id: int, inbox_ids: Sequence[int], cap: int) -> int:
    """Conversations in which this person was mentioned and has not looked yet, at most `cap`."""
    cursor = await conn.execute(
        f"""select count(*) from (
                select distinct m.conversation_id from mention m join conversation c on c.account_id = m.account_id and c.id = m.conversation_id
                where m.account_id = %s and m.user_id = %s and not m.seen and c.inbox_id = any(%s) and c.shelf in ('open', 'closed', 'snoozed')
                limit {cap:d}) x""",
        (account_id, user_id, list(inbox_ids)),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
