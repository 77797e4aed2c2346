"""Makes one conversation long at once: thousands of comments in one statement, as `POST …/messages` would have written them one by one. For the stories
about long threads, which begin when the conversation is there: writing it by the API takes minutes on a small machine.

    fill.py DATA_FOLDER CONVERSATION_ID COUNT
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
    where c.id = %(conversation)s and u.id = (select min(id) from app_user)
    order by n returning account_id, conversation_id, id)
update conversation c set message_count = message_count + %(count)s, last_message_id = (select max(id) from made)
from made where c.account_id = made.account_id and c.id = made.conversation_id
"""

data, conversation, count = sys.argv[1:]
with psycopg.connect(running_dsn(Path(data)) or "", cursor_factory=psycopg.ClientCursor) as conn:
    conn.execute(COMMENTS.replace("n % ", "n %% "), {"conversation": int(conversation), "count": int(count)})
    conn.execute("analyze message")
