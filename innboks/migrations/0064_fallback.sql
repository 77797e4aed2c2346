-- Each inbox has an address of its own that we give out (R-145): for when nothing is connected yet, or what was is no more.
alter table channel_account add column is_fallback boolean not null default false;
alter table channel_account add column may_send boolean not null default true;
create unique index channel_account_fallback on channel_account (account_id, inbox_id, kind) where is_fallback and archived_at is null;
comment on column channel_account.may_send is 'False for a fallback address until somebody allows it: then it only receives.';
