-- The newest conversations of a channel account, which a rule is tried on before it is saved.

create index conversation_of_channel on conversation (account_id, channel_account_id, id);
