-- The view "Sent" (R-621): the conversations that somebody has answered, by their newest answer there. `conversation_id` stands in the index so that the
-- many answers of one conversation are passed over without a look at the table.

create index message_sent_by on message (account_id, author_id, id) include (conversation_id) where type = 'reply';
