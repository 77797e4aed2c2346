-- Administrators find what is stuck among their notifications, too: such a line is about a channel, or about none, and never about a conversation.

alter table notification alter column conversation_id drop not null;
alter table notification add column channel_account_id bigint;
alter table notification add column trouble text;
alter table notification add column over_at timestamptz;
alter table notification add foreign key (account_id, channel_account_id) references channel_account (account_id, id) on delete cascade;
alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check
    check (kind in ('unassigned', 'assigned', 'message', 'mention', 'failed', 'reminder', 'trouble'));
alter table notification add constraint notification_about_check
    check ((kind = 'trouble') = (trouble is not null) and (kind = 'trouble') = (conversation_id is null));
comment on column notification.trouble is 'What is stuck (core/radar/models.py), where that is what is told.';
comment on column notification.over_at is 'When that was over; null: it lasts.';
comment on column notification.bundle is
    'What is counted together: the conversation, or 0 for all conversations that nobody has; of troubles the channel and the kind (core/notifications/troubles.py).';
create index notification_by_channel on notification (account_id, channel_account_id) where channel_account_id is not null;
create index notification_by_trouble on notification (account_id, bundle) where kind = 'trouble' and over_at is null;

alter table alarm add column shown_at timestamptz;
comment on column alarm.shown_at is 'Since then administrators see it among their notifications; null: it has not lasted long enough for that.';
-- Whoever was told by mail knows.
update alarm set shown_at = told_at;
