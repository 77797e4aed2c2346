-- Whether somebody wrote anything at all, also in a conversation that is somebody else's: asked before a contact is removed.

create index message_by_sender on message (account_id, contact_id) where direction = 'in' and contact_id is not null;
