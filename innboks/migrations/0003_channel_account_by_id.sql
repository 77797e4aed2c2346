-- A webhook's address names a channel account by its id alone; one sequence serves all accounts, so the id says which account it is.
create unique index channel_account_by_id on channel_account (id);
