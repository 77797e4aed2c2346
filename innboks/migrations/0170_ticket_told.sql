-- A ticket that the same person asks for twice, because the answer to the first request was lost, is made once.

alter table ticket add column client_id text;
create unique index ticket_client on ticket (account_id, created_by, client_id) where client_id is not null;

-- Whoever shows this ticket, or one of its conversations, reads it again. Of conversations in other inboxes only those are told who may read both: there is an event for
-- each such inbox, which names the ticket's in `of_inbox_id`.
create or replace function tell_ticket(account bigint, ticket bigint, kind text) returns void language sql as $$
    insert into event (account_id, type, inbox_id, data)
    select t.account_id, kind, told.inbox_id, jsonb_build_object('ticket_id', t.id::text, 'conversation_ids', told.ids)
        || case when told.inbox_id = t.inbox_id then '{}' else jsonb_build_object('of_inbox_id', t.inbox_id) end
    from ticket t
    cross join lateral (
        select one.inbox_id, coalesce(jsonb_agg(one.id::text order by one.id) filter (where one.id is not null), '[]') as ids
        from (
            select c.inbox_id, c.id from ticket_conversation x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
            where x.account_id = t.account_id and x.ticket_id = t.id
            union all select t.inbox_id, null
        ) one group by one.inbox_id
    ) told
    where t.account_id = account and t.id = ticket
$$;
