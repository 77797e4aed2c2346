-- What the list shows and how it is ordered: deadlines, the place of a conversation, saved views, mentions.
--
-- A conversation that waits for us has a deadline (R-620): the answer target of its inbox, or the reply window of its channel, whichever ends
-- first. A trigger keeps it, so that every statement that touches a conversation, now or later, leaves it true. Two generated columns are what lists
-- walk by: `shelf`, where the conversation stands, and `due_rank`, its place in "due first".

alter table inbox add column reply_within_s integer default 14400 check (reply_within_s between 60 and 31536000);
comment on column inbox.reply_within_s is 'Within so long a waiting customer is to have an answer; null: no target.';
alter table channel_account add column reply_window_s integer not null default 0;
comment on column channel_account.reply_window_s is 'The reply window that the channel of this kind declares (abilities.reply_window_s); 0: none. Written when the program starts.';

alter table conversation
    add column due_at timestamptz,
    add column due_kind text check (due_kind in ('reply', 'window')),
    add column due_from timestamptz;
comment on column conversation.due_at is 'By when we must have answered; null when nobody waits, or nothing says by when.';
comment on column conversation.due_from is 'When the clock of due_at began.';

create function conversation_due() returns trigger language plpgsql as $$
declare
    reply_s integer;
    window_s integer;
    reply_at timestamptz;
    closes_at timestamptz;
begin
    new.due_at := null;
    new.due_kind := null;
    new.due_from := null;
    if new.status <> 'open' or new.waiting_since is null then
        return new;
    end if;
    select i.reply_within_s, a.reply_window_s into reply_s, window_s from inbox i, channel_account a
    where i.account_id = new.account_id and i.id = new.inbox_id and a.account_id = new.account_id and a.id = new.channel_account_id;
    if reply_s is not null then
        reply_at := new.waiting_since + make_interval(secs => reply_s);
    end if;
    if window_s > 0 then
        closes_at := new.last_message_at + make_interval(secs => window_s);
    end if;
    if reply_at <= closes_at or (reply_at is not null and closes_at is null) then
        new.due_at := reply_at;
        new.due_kind := 'reply';
        new.due_from := new.waiting_since;
    elsif closes_at is not null then
        new.due_at := closes_at;
        new.due_kind := 'window';
        new.due_from := new.last_message_at;
    end if;
    return new;
end $$;

create trigger conversation_due_first before insert on conversation for each row execute function conversation_due();
-- `due_at` is in the list so that a statement that sets it (to anything) has it worked out anew: see `renew_due` in core/views/store.py.
create trigger conversation_due_again
    before update of status, waiting_since, last_message_at, inbox_id, channel_account_id, due_at on conversation
    for each row execute function conversation_due();

create function micros(at timestamptz) returns bigint language sql immutable parallel safe
    return (extract(epoch from (at - timestamptz '2000-01-01 00:00:00+00')) * 1000000)::bigint;

-- Bands, so that one number orders them all: deadlines; waiting without one, or failed; not waiting, newest first. What is snoozed, by when it wakes.
alter table conversation
    add column shelf text not null generated always as (case
        when merged_into_id is not null then 'merged' when trashed_at is not null then 'trash' when spam then 'spam'
        when status = 'closed' then 'closed' when is_snoozed then 'snoozed' else 'open' end) stored,
    add column due_rank bigint not null generated always as (case
        when is_snoozed then coalesce(micros(snoozed_until), 400000000000000000)
        when due_at is not null then micros(due_at)
        when status = 'open' and (waiting_since is not null or failed_count > 0)
            then 200000000000000000 + micros(coalesce(waiting_since, last_message_at))
        else 900000000000000000 - micros(last_message_at) end) stored;

-- The rows that are here already; events are not needed, because nobody is connected while the schema changes.
update conversation set due_at = null where status = 'open' and waiting_since is not null;

drop index conversation_by_inbox, conversation_unassigned, conversation_by_assignee, conversation_by_channel, conversation_failed;
-- For each way to narrow a list two indexes: by deadline (only where something can be due) and by time. `coalesce`, because an index condition
-- "is null" would not be known to keep the order.
create index conversation_due on conversation (account_id, inbox_id, shelf, due_rank, id) where shelf in ('open', 'snoozed');
create index conversation_new on conversation (account_id, inbox_id, shelf, last_message_at, id);
create index conversation_due_of_assignee on conversation (account_id, inbox_id, (coalesce(assignee_id, 0)), shelf, due_rank, id)
    where shelf in ('open', 'snoozed');
create index conversation_new_of_assignee on conversation (account_id, inbox_id, (coalesce(assignee_id, 0)), shelf, last_message_at, id);
create index conversation_due_of_channel on conversation (account_id, channel_account_id, shelf, due_rank, id) where shelf in ('open', 'snoozed');
create index conversation_new_of_channel on conversation (account_id, channel_account_id, shelf, last_message_at, id);
create index conversation_failed on conversation (account_id, inbox_id, last_message_at, id)
    where failed_count > 0 and shelf in ('open', 'closed', 'snoozed');

-- ── who was mentioned ───────────────────────────────────────────────────────────────────────────────────────────────────

create table mention (
    account_id bigint not null,
    user_id bigint not null,
    message_id bigint not null,
    conversation_id bigint not null,
    seen boolean not null default false,
    created_at timestamptz not null default now(),
    primary key (account_id, user_id, message_id),
    foreign key (account_id, user_id) references app_user (account_id, id) on delete cascade,
    foreign key (account_id, message_id) references message (account_id, id) on delete cascade,
    foreign key (account_id, conversation_id) references conversation (account_id, id) on delete cascade
);
comment on table mention is 'A comment that names a person with @; unseen until they have read so far.';
create index mention_by_message on mention (account_id, message_id);
create index mention_by_conversation on mention (account_id, conversation_id, user_id);
create index mention_unseen on mention (account_id, user_id, conversation_id) where not seen;

create index draft_by_user on draft (account_id, user_id, updated_at desc);

-- ── saved views ─────────────────────────────────────────────────────────────────────────────────────────────────────────

create table saved_view (
    account_id bigint not null references account (id) on delete cascade,
    id bigint generated by default as identity,
    user_id bigint not null,
    is_shared boolean not null default false,
    name text not null,
    icon text not null default 'star',
    filters jsonb not null default '{}',
    sort text not null default 'due' check (sort in ('due', 'newest', 'oldest')),
    position integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (account_id, id),
    foreign key (account_id, user_id) references app_user (account_id, id) on delete cascade
);
comment on column saved_view.user_id is 'Whose it is. Shared ones are seen by everybody of the account, and changed by their owner and administrators.';
create index saved_view_by_user on saved_view (account_id, user_id);
