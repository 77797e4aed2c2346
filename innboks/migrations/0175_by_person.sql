-- What is asked of one person. How many open conversations somebody has was looked for in each inbox apart, for each person (R-602): 200 people and 63
-- inboxes were 25 000 looks. And where an invitation is taken back, the foreign keys ask whether anything names that person: each of these tables was
-- read whole. On a large installation the migration takes a minute or two, and what writes to these tables waits meanwhile.

create index conversation_of_person on conversation (account_id, assignee_id, shelf) include (channel_account_id) where assignee_id is not null;

-- Besides "Sent" (migration 0164), which asks for answers alone.
create index message_of_person on message (account_id, author_id, type, id) include (conversation_id) where author_id is not null;
drop index message_sent_by;

create index attachment_of_person on attachment (account_id, uploaded_by) where uploaded_by is not null;
create index contact_blocked_by on contact (account_id, blocked_by) where blocked_by is not null;
create index contact_change_of_person on contact_change (account_id, user_id) where user_id is not null;
create index contact_merge_of_person on contact_merge (account_id, user_id) where user_id is not null;
create index contact_merge_undone_by on contact_merge (account_id, undone_by) where undone_by is not null;
create index contact_note_of_person on contact_note (account_id, author_id) where author_id is not null;
create index listed_sender_of_person on listed_sender (account_id, added_by) where added_by is not null;
create index rearrangement_of_person on rearrangement (account_id, user_id) where user_id is not null;
create index rearrangement_undone_by on rearrangement (account_id, undone_by) where undone_by is not null;
create index sign_in_of_person on sign_in (account_id, user_id);
create index snippet_of_person on snippet (account_id, owner_id) where owner_id is not null;
