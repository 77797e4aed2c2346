"""Makes much at once, in one statement, as the server would have written it one by one: thousands of comments in a conversation, or thousands of conversations
of a channel account with a message each. For the stories about long threads and long lists, which begin when it is all there: writing it by the API takes
minutes on a small machine.

    fill.py DATA_FOLDER comments CONVERSATION_ID COUNT
    fill.py DATA_FOLDER conversations CHANNEL_ACCOUNT_ID COUNT PRIORITY

And it lets time pass for one customer: as if they had last written so many seconds ago.

    fill.py DATA_FOLDER heard CONVERSATION_ID SECONDS

Or for a channel account: four messages an hour for four weeks, and none for so many seconds. The worker is asked to look at it at once, and not at its next
turn, some minutes later; and it has been known for a while, so that administrators are told of it at the next look.

    fill.py DATA_FOLDER silent CHANNEL_ACCOUNT_ID SECONDS

Or for the answers in a conversation that have not left: they should have, so many seconds ago, and are not tried again for an hour.

    fill.py DATA_FOLDER late CONVERSATION_ID SECONDS
"""

import sys
from pathlib import Path

import psycopg

from innboks.lib.embedded_postgres import running_dsn

COMMENTS = """
with made as (
    insert into message (account_id, conversation_id, channel_account_id, type, direction, author_id, sender, text, created_at)
    select c.account_id, c.id, c.channel_account_id, 'comment', 'none', u.id, jsonb_build_object('name', u.name, 'address', u.email),
        'Number ' || n || '.' || repeat(' A line of the story.', 1 + n % 9) || case when n % 500 = 7 then ' needle' else '' end, now()
    from conversation c join app_user u on u.account_id = c.account_id, generate_series(1, %(count)s) n
    where c.id = %(id)s and u.id = (select min(id) from app_user)
    order by n returning account_id, conversation_id, id)
update conversation c set message_count = message_count + %(count)s, last_message_id = (select max(id) from made)
from made where c.account_id = made.account_id and c.id = made.conversation_id
"""

# "Letter 1" is the oldest. The ids follow what is there, so that a conversation and its message are made in one go.
CONVERSATIONS = """
with place as (
    select account_id, inbox_id, id as channel, (select coalesce(max(id), 0) from conversation) as conversations,
        (select coalesce(max(id), 0) from message) as messages
    from channel_account where id = %(id)s),
writer as (insert into contact (account_id, name) select account_id, 'Many Letters' from place returning account_id, id),
made as (
    insert into conversation (account_id, id, inbox_id, channel_account_id, contact_id, subject, preview, party_address, priority, message_count,
        last_message_id, last_received_id, last_message_at, waiting_since)
    select account_id, conversations + n, inbox_id, channel, writer.id, 'Letter ' || n, 'The words of letter ' || n, 'many@letters.example', %(priority)s, 1,
        messages + n, messages + n, at, at
    from place join writer using (account_id), generate_series(1, %(count)s) n, lateral (select now() - make_interval(secs => %(count)s - n) as at) moment
    returning account_id, id, channel_account_id, contact_id, subject, last_message_id, last_message_at)
insert into message (account_id, id, conversation_id, channel_account_id, type, direction, contact_id, sender, subject, text, created_at)
select account_id, last_message_id, id, channel_account_id, 'message', 'in', contact_id, '{"name": "Many Letters", "address": "many@letters.example"}',
    subject, 'The words of it.', last_message_at
from made
"""
HEARD = """
with aged as (
    update message m set created_at = now() - make_interval(secs => %(count)s) from conversation c
    where c.id = %(id)s and m.account_id = c.account_id and m.id = c.last_received_id returning m.account_id, m.conversation_id, m.created_at)
update conversation c set last_message_at = aged.created_at, waiting_since = aged.created_at
from aged where c.account_id = aged.account_id and c.id = aged.conversation_id
"""
SILENT = """
with last as (
    update channel_account set last_received_at = now() - make_interval(secs => %(count)s) where id = %(id)s returning account_id, id, last_received_at),
came as (
    insert into channel_traffic (account_id, channel_account_id, hour, received)
    select account_id, id, hour, 4 from last,
        generate_series(date_trunc('hour', last_received_at, 'UTC') - interval '27 days', last_received_at, '1 hour') as hour
    on conflict do nothing),
known as (
    insert into alarm (account_id, key, since, trouble, channel_account_id)
    select account_id, 'quiet:' || id, now() - interval '15 minutes', '{"kind": "quiet"}', id from last)
insert into procrastinate_jobs (queue_name, task_name, args, priority) values ('care', 'rhythm', '{"timestamp": 0}', 0)
"""
LATE = """
update dispatch d set created_at = now() - make_interval(secs => %(count)s), held_for = null, held_until = null, next_try_at = now() + interval '1 hour'
from message m where m.account_id = d.account_id and m.id = d.message_id and m.conversation_id = %(id)s and d.state in ('queued', 'sending')
"""
AFTER = """
select setval(pg_get_serial_sequence('conversation', 'id'), (select max(id) from conversation)),
    setval(pg_get_serial_sequence('message', 'id'), (select max(id) from message))
"""

data, what, id, count, *priority = sys.argv[1:]
values = {"id": int(id), "count": int(count), "priority": priority[0] if priority else "normal"}
with psycopg.connect(running_dsn(Path(data)) or "", cursor_factory=psycopg.ClientCursor) as conn:
    conn.execute(
        {"comments": COMMENTS, "conversations": CONVERSATIONS, "heard": HEARD, "silent": SILENT, "late": LATE}[what].replace(
            "n % ", "n %% "
        ),
        values,
    )
    conn.execute(AFTER)
    conn.execute("analyze message, conversation")
