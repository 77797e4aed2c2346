-- A mailbox may be one person's own (R-102): its address cannot be a team address at the same time.
alter table channel_account add column owner_id bigint;
alter table channel_account add foreign key (account_id, owner_id) references app_user (account_id, id);
comment on column channel_account.owner_id is 'Whose personal mailbox this is; null: it is a team address.';
