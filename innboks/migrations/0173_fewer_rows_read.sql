-- Indexes for questions that read a whole table, the more of it the longer an installation runs. On a large one the migration takes a minute or two: each
-- table is read once, and what writes to it waits meanwhile. None of them grows when a message is taken in and dealt with at once, the usual way.

-- What workers are sending now: each worker asks every few seconds, and read the state of everything that was ever sent.
create index dispatch_sending on dispatch (account_id, message_id) where state = 'sending';

-- Whether a failure was told already: asked whenever something fails.
create index notification_failed on notification (account_id, message_id) where kind = 'failed';

-- Asked for by the foreign keys whenever a conversation or contact is deleted for good: the indexes there were left out what has ended or was deleted.
create index reminder_by_conversation on reminder (account_id, conversation_id);
drop index contact_note_by_contact;
create index contact_note_by_contact on contact_note (account_id, contact_id, id desc);

-- Addresses of one type by their first letters: with the type behind the value, “+47” among email addresses was every phone number.
create index contact_identity_by_type on contact_identity (account_id, type, value text_pattern_ops, contact_id);
drop index contact_identity_by_value;

-- The ledger of a channel account: what was not simply handled; the others are counted in the index of payloads.
create index delivery_not_handled on delivery (account_id, channel_account_id, fate) where fate <> 'handled';
