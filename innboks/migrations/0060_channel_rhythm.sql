-- How a connection usually is, so that an unusual silence can be told (UI 4, AHEAD 4).

create table channel_traffic (
    account_id bigint not null,
    channel_account_id bigint not null,
    hour timestamptz not null,
    received integer not null,
    primary key (account_id, channel_account_id, hour),
    foreign key (account_id, channel_account_id) references channel_account (account_id, id) on delete cascade
);
comment on table channel_traffic is 'Messages from outside per hour, counted behind the event log; kept for five weeks.';

alter table channel_account add column quiet jsonb;
comment on column channel_account.quiet is 'An unusual silence: {"after": the message it began with, "usual_s": how often one usually comes}. Void as soon as a newer one is there.';

-- The replies that wait for a connection: how many there are stands on its card.
create index dispatch_kept on dispatch (account_id, message_id) where held_for = 'connection';
