-- A support desk's past, made in place: %(total)s conversations with a message each, and 200 conversations of 200 messages.
-- Run by stored.py with foreign keys switched off; everything it writes would pass them.

insert into app_user (account_id, email, name, role_id)
select 1, 'agent' || n || '@tindra.example', 'Agent ' || n, (select id from role where account_id = 1 and key = 'agent') from generate_series(1, 9) n on conflict do nothing;

insert into contact (account_id, id, name)
select 1, 1000 + n, 'Customer ' || n from generate_series(1, greatest(1, %(total)s / 4)) n;

insert into contact_identity (account_id, type, scope_id, value, contact_id)
select 1, 'email', 0, 'customer' || n || '@example.net', 1000 + n from generate_series(1, greatest(1, %(total)s / 4)) n;

insert into conversation (account_id, id, inbox_id, channel_account_id, contact_id, status, assignee_id, subject, preview, party_address,
    message_count, last_message_id, last_message_at, last_received_id, waiting_since, due_at, due_kind, due_from, is_snoozed, snoozed_until, priority,
    failed_count, spam, trashed_at, closed_at, created_at, last_direction, last_type, last_author_id, heard)
select 1, 1000 + n, i.id, c.id, 1000 + 1 + n %% greatest(1, %(total)s / 4),
    case when n %% 20 = 0 then 'open' else 'closed' end,
    case when n / 20 %% 3 > 0 then u.id end,
    'Order ' || n || ' has not arrived', 'Hello, I ordered two tents last week and only one of them arrived, could you have a look? Number ' || n,
    'customer' || (1 + n %% greatest(1, %(total)s / 4)) || '@example.net', 1 + (n %% 10 = 5)::int, case when n %% 10 = 5 then 5001000 else 1000 end + n,
    now() - make_interval(secs => (%(total)s - n) * 60 + (n::bigint * 7919 %% 86400)), 1000 + n,
    case when n %% 60 in (20, 40) then now() - make_interval(secs => (%(total)s - n) * 60) end,
    case when n %% 60 in (20, 40) then now() - make_interval(secs => (%(total)s - n) * 60 - 14400) end,
    case when n %% 60 in (20, 40) then 'reply' end,
    case when n %% 60 in (20, 40) then now() - make_interval(secs => (%(total)s - n) * 60) end,
    n %% 200 = 100, case when n %% 400 = 100 then now() + make_interval(secs => n) end,
    case n %% 7 when 0 then 'high' when 1 then 'urgent' else 'normal' end,
    (n %% 100 = 0)::int, n %% 50 = 3, case when n %% 100 = 7 then now() end, case when n %% 20 > 0 then now() end,
    now() - make_interval(secs => (%(total)s - n) * 60 + 86400), case when n %% 10 = 5 then 'out' else 'in' end,
    case when n %% 10 = 5 then 'reply' else 'message' end, case when n %% 10 = 5 then 1 end, '{support@tindra.example}'
from generate_series(1, %(total)s) n
join (select id, row_number() over (order by id) - 1 as nth, count(*) over () as total from inbox where account_id = 1) i on i.nth = n %% i.total
join (select id, row_number() over (order by id) - 1 as nth, count(*) over () as total from channel_account where account_id = 1) c on c.nth = n / 3 %% c.total
join (select id, row_number() over (order by id) - 1 as nth, count(*) over () as total from app_user where account_id = 1) u on u.nth = n / 60 %% u.total
order by n;

insert into message (account_id, id, conversation_id, channel_account_id, type, direction, contact_id, sender, recipients, subject, text, external_id,
    dedupe_key, sent_at, created_at)
select account_id, id, id, channel_account_id, 'message', 'in', contact_id, jsonb_build_object('address', party_address, 'name', 'Customer', 'role', 'from'),
    '[{"address": "support@tindra.example", "name": "", "role": "to"}]', subject,
    repeat('Hello, I ordered two tents last week and only one of them arrived, could you have a look? ', 4), 'old' || id || '@example.net',
    'old' || id || '@example.net', created_at, created_at
from conversation where account_id = 1 and id > 1000 order by id;

insert into message_reference (account_id, external_id, message_id, is_own)
select account_id, external_id, id, true from message where account_id = 1 and id > 1000 and external_id like 'old%%';

-- Every tenth was answered by the one who asks, so that "Sent" is long.
insert into message (account_id, id, conversation_id, channel_account_id, type, direction, author_id, contact_id, recipients, subject, text, sent_at, created_at)
select account_id, 5000000 + id, id, channel_account_id, 'reply', 'out', 1, contact_id,
    jsonb_build_array(jsonb_build_object('address', party_address, 'name', 'Customer', 'role', 'to')), subject,
    'Thank you for looking into this so quickly.', last_message_at, last_message_at
from conversation where account_id = 1 and id > 1000 and last_direction = 'out' order by id;

insert into dispatch (account_id, message_id, state, settled_at)
select account_id, id, 'sent', created_at from message where account_id = 1 and type = 'reply';

-- The long ones: every other message an answer that was sent.
insert into message (account_id, id, conversation_id, channel_account_id, type, direction, author_id, contact_id, sender, recipients, subject, text,
    html, quoted, external_id, dedupe_key, sent_at, created_at)
select c.account_id, 10000000 + n * 1000 + m, c.id, c.channel_account_id, case when m %% 2 = 0 then 'reply' else 'message' end,
    case when m %% 2 = 0 then 'out' else 'in' end, case when m %% 2 = 0 then 1 end, c.contact_id,
    jsonb_build_object('address', c.party_address, 'name', 'Customer', 'role', 'from'),
    jsonb_build_array(jsonb_build_object('address', case when m %% 2 = 0 then 'customer@example.net' else 'support@tindra.example' end,
        'name', '', 'role', 'to')), c.subject, repeat('Thank you for looking into this so quickly. ', 12),
    repeat('<p>Thank you for looking into this so quickly.</p>', 12), repeat('> what was written before\n', 20),
    'long' || n || '.' || m || '@example.net', 'long' || n || '.' || m || '@example.net', c.created_at, c.created_at + make_interval(mins => m)
from generate_series(1, 200) n join conversation c on c.account_id = 1 and c.id = 1000 + n * (%(total)s / 200) cross join generate_series(1, 199) m;

insert into dispatch (account_id, message_id, state, settled_at)
select account_id, id, 'sent', created_at from message where account_id = 1 and id > 10000000 and type = 'reply';

insert into dispatch_recipient (account_id, message_id, address, role, state)
select m.account_id, m.id, 'customer@example.net', 'to', 'delivered' from message m where m.account_id = 1 and m.id > 10000000 and m.type = 'reply';

update conversation set message_count = 200, spam = false, trashed_at = null, last_type = 'message', last_author_id = null,
    last_message_id = (select max(id) from message m where m.account_id = 1 and m.conversation_id = conversation.id)
where account_id = 1 and id in (select 1000 + n * (%(total)s / 200) from generate_series(1, 200) n);

insert into read_state (account_id, user_id, conversation_id, message_id)
select 1, 1, id, last_message_id from conversation where account_id = 1 and id > 1000 and id %% 3 = 0;

insert into mention (account_id, user_id, message_id, conversation_id, seen)
select 1, 1, 1000 + n * (%(total)s / 2000), 1000 + n * (%(total)s / 2000), n %% 10 > 0 from generate_series(1, 2000) n;

insert into draft (account_id, conversation_id, user_id, mode, content)
select 1, 1000 + n * (%(total)s / 200), 1, 'reply', '{"text": "Dear customer"}' from generate_series(1, 200) n;

select setval(pg_get_serial_sequence('contact', 'id'), 20000000), setval(pg_get_serial_sequence('conversation', 'id'), 20000000),
    setval(pg_get_serial_sequence('message', 'id'), 20000000);
