-- A support desk's past to search in: %(total)s conversations of five messages of forty words each, of fifty thousand words that are as unevenly common
-- as those of a language (log-uniform ranks). Run by search.py with foreign keys and triggers switched off; everything it writes would pass them.

create unlogged table bench_word as
select n as rank, case when n <= 24 then (array['order', 'tent', 'hello', 'thank', 'arrived', 'please', 'delivery', 'refund', 'size', 'weather', 'invoice',
        'address', 'return', 'color', 'weekend', 'mountain', 'payment', 'broken', 'zipper', 'poles', 'package', 'number', 'customer', 'missing'])[n]
    else (select string_agg(substr('bakedifogulamenipocyrasetivu', 1 + 2 * ((n / (14 ^ place)::int + place * 5) %% 14), 2), '' order by place)
          from generate_series(0, 2 + n %% 3) place) || chr(97 + n %% 26) || chr(97 + n / 26 %% 26) end as word
from generate_series(1, 50000) n;

alter table bench_word add primary key (rank);

create unlogged table bench_sentence as
select n as nth, string_agg(w.word, ' ' order by place) as text
from (select n, place, floor(exp(random() * ln(49999)))::int as rank from generate_series(1, 60000) n cross join generate_series(1, 10) place) drawn
join bench_word w using (rank) group by n;

alter table bench_sentence add primary key (nth), add column tokens tsvector;

update bench_sentence set tokens = search_vector(text);

insert into app_user (account_id, email, name, role_id)
select 1, 'agent' || n || '@tindra.example', 'Agent ' || n, (select id from role where account_id = 1 and key = 'agent') from generate_series(1, 9) n on conflict do nothing;

insert into contact (account_id, id, name)
select 1, 1000 + n, (array['Kari', 'Ola', 'Nils', 'Anne', 'Ingrid', 'Lars', 'Per', 'Liv', 'Marit', 'Jon'])[1 + n %% 10] || ' ' ||
    initcap((select word from bench_word where rank = 100 + n / 10 %% 40000))
from generate_series(1, greatest(1, %(total)s / 4)) n;

insert into contact_identity (account_id, type, scope_id, value, contact_id)
select 1, 'email', 0, 'customer' || n || '@example.net', 1000 + n from generate_series(1, greatest(1, %(total)s / 4)) n;

insert into conversation (account_id, id, inbox_id, channel_account_id, contact_id, status, assignee_id, subject, preview, party_address,
    message_count, last_message_id, last_message_at, last_received_id, waiting_since, spam, trashed_at, closed_at, created_at, has_file, last_type, heard)
select 1, 1000 + n, i.id, (select min(id) from channel_account where account_id = 1), 1000 + 1 + n %% greatest(1, %(total)s / 4),
    case when n %% 20 = 0 then 'open' else 'closed' end, case when n / 20 %% 3 > 0 then u.id end,
    split_part(s.text, ' ', 1) || ' ' || split_part(s.text, ' ', 2) || ' ' || split_part(s.text, ' ', 3), left(s.text, 180),
    'customer' || (1 + n %% greatest(1, %(total)s / 4)) || '@example.net', 5, 10000 + n * 5 + 4,
    now() - make_interval(secs => (%(total)s - n) * 60::float8), 10000 + n * 5 + 4,
    case when n %% 20 = 0 then now() - make_interval(secs => (%(total)s - n) * 60::float8) end,
    n %% 50 = 3, case when n %% 100 = 7 then now() end, case when n %% 20 > 0 then now() end,
    now() - make_interval(secs => (%(total)s - n) * 60::float8 + 40000), n %% 10 = 1, 'message', '{support@tindra.example}'
from generate_series(1, %(total)s) n
join bench_sentence s on s.nth = 1 + n %% 60000
join (select id, row_number() over (order by id) - 1 as nth, count(*) over () as total from inbox where account_id = 1) i
    on i.nth = case when n %% 100 = 0 then i.total - 1 else n %% (i.total - 1) end
join (select id, row_number() over (order by id) - 1 as nth, count(*) over () as total from app_user where account_id = 1) u on u.nth = n / 60 %% u.total
order by n;
