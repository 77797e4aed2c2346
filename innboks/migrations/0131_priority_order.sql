-- What is urgent, high or low is walked in the order of the list instead of looked for among all that is open. Of normal priority are nearly all, so
-- that the indexes without them stay small, and cost a conversation of normal priority nothing.
create index conversation_due_of_priority on conversation (account_id, inbox_id, priority, shelf, due_rank, id)
    where priority <> 'normal' and shelf in ('open', 'snoozed');
create index conversation_new_of_priority on conversation (account_id, inbox_id, priority, shelf, last_message_at, id) where priority <> 'normal';
