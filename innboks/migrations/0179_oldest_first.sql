-- What goes for good goes the oldest first, and goes on where it stopped: also where many were put away in the same moment.

create index conversation_trashed on conversation (trashed_at, account_id, id) where trashed_at is not null;
drop index conversation_trashed_at;
create index conversation_in_spam on conversation (spam_at, account_id, id) where spam;
drop index conversation_spam_at;
