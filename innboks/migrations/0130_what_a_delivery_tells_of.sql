-- Which message a raw payload is about, where the message does not name the payload itself: another copy of the same message, a receipt, an edit, a
-- reaction. So deleting a conversation for good erases these too (R-806). What came before this migration is not known here.

create table delivery_about (
    account_id bigint not null,
    message_id bigint not null,
    delivery_id bigint not null,
    primary key (account_id, message_id, delivery_id),
    foreign key (account_id, message_id) references message (account_id, id) on delete cascade,
    foreign key (account_id, delivery_id) references delivery (account_id, id) on delete cascade
);
create index delivery_about_by_delivery on delivery_about (account_id, delivery_id);

-- The message that is here already, as `record_received` finds it.
create function tell_duplicate(given jsonb, delivery bigint) returns void language sql as $$
    insert into delivery_about (account_id, message_id, delivery_id)
    select x.account_id, x.id, delivery from message x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
    where x.account_id = (given ->> 'account')::bigint and x.dedupe_key = given ->> 'dedupe'
        and (x.channel_account_id = (given ->> 'channel')::bigint or c.inbox_id = (given ->> 'inbox')::bigint)
    on conflict do nothing
$$;

-- As in migration 0004, and a duplicate is told of.
create or replace function take_in_message(raw jsonb, hash bytea, content bytea, message jsonb, out id bigint, out fate text, out message_id bigint)
language plpgsql as $$
declare
    kept kept_delivery := keep_delivery(raw, hash, content);
begin
    id := kept.id;
    fate := 'duplicate';
    if not kept.is_new and kept.fate in ('handled', 'duplicate', 'ignored') then
        return;
    end if;
    message_id := record_received(message, kept.id);
    if message_id is not null then
        fate := 'handled';
    else
        perform tell_duplicate(message, kept.id);
    end if;
    if not kept.is_new or message_id is null then
        update delivery d set fate = take_in_message.fate, code = case when message_id is null then 'duplicate' else '' end,
            reason = case when message_id is null then 'The same message was here already.' else '' end, settled_at = now()
        where d.account_id = (raw ->> 'account')::bigint and d.id = kept.id;
    end if;
end $$;
