-- The radar (AHEAD 4): which processes live, what a mailbox still holds, and what admins were told by mail.

create table process_beat (
    name text primary key,
    role text not null,
    started_at timestamptz not null,
    at timestamptz not null
);
comment on table process_beat is 'A row for each process of a role, which says every 15 seconds that it lives.';

create table alarm (
    account_id bigint not null references account (id) on delete cascade,
    key text not null,
    since timestamptz not null,
    told_at timestamptz,
    trouble jsonb not null,
    channel_account_id bigint,
    primary key (account_id, key),
    foreign key (account_id, channel_account_id) references channel_account (account_id, id) on delete cascade
);
comment on table alarm is 'Troubles that are there now. told_at: admins know, and will be told when it is over.';

alter table channel_account add column gap integer, add column gap_since timestamptz;
comment on column channel_account.gap is 'What the provider held and never offered, at the last look (core/radar/alarm.py); null: it cannot be counted.';

create index dispatch_uncertain on dispatch (account_id, message_id) where state = 'uncertain';
