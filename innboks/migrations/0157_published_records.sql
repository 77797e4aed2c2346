-- What a connection needs to have published elsewhere (SPF, DKIM, DMARC) is looked for every hour, and what was found is kept with it.

alter table channel_account add column records jsonb;
alter table channel_account add column records_at timestamptz;
comment on column channel_account.records is 'As found last: {"of": whose, "found": [{"name", "state", "sentence", "since", "held"}]}. held: it was in place once, so its loss is told.';
create index channel_account_records_due on channel_account (records_at nulls first) where archived_at is null and is_active;
