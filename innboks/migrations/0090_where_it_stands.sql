-- Where a conversation stands (`shelf`) and its place in "due first" (`due_rank`) are kept by a trigger, no longer as generated columns: PostgreSQL reads
-- the expressions of those from the catalogue, and plans them, at each statement that writes a conversation, which was a third of what the statement
-- costs. A trigger's expressions are planned once a connection. It comes after the triggers that set what it goes by (they run by name), it is always on
-- (also while rows are copied in with the other triggers off), and nobody can write anything else into the two columns.

alter table conversation alter column shelf drop expression, alter column due_rank drop expression;

create function conversation_stands() returns trigger language plpgsql as $$
begin
    new.shelf := case
        when new.merged_into_id is not null then 'merged' when new.trashed_at is not null then 'trash'
        when new.spam and new.spam_reason in ('automated', 'marketing', 'unsubscribe', 'role_based', 'flood') then 'filtered' when new.spam then 'spam'
        when new.status = 'closed' then 'closed' when new.is_snoozed then 'snoozed' else 'open' end;
    -- Bands, so that one number orders them all: deadlines; waiting without one, or failed; not waiting, newest first. What is snoozed, by when it wakes.
    new.due_rank := case
        when new.is_snoozed then coalesce(micros(new.snoozed_until), 400000000000000000)
        when new.due_at is not null then micros(new.due_at)
        when new.status = 'open' and (new.waiting_since is not null or new.failed_count > 0)
            then 200000000000000000 + micros(coalesce(new.waiting_since, new.last_message_at))
        else 900000000000000000 - micros(new.last_message_at) end;
    return new;
end $$;

create trigger conversation_stands_first before insert on conversation for each row execute function conversation_stands();
-- Besides what it goes by: what the other triggers go by, and the two columns themselves.
create trigger conversation_stands_again
    before update of merged_into_id, trashed_at, spam, spam_reason, status, is_snoozed, snoozed_until, due_at, waiting_since, failed_count, last_message_at,
        inbox_id, channel_account_id, shelf, due_rank
    on conversation for each row execute function conversation_stands();
alter table conversation enable always trigger conversation_stands_first, enable always trigger conversation_stands_again;
comment on column conversation.shelf is 'Where it stands; kept by the trigger conversation_stands.';
comment on column conversation.due_rank is 'Its place in "due first"; kept by the trigger conversation_stands.';
