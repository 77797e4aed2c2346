-- What was sent to an address lately: asked for a failure report that does not name the mail which came back by an id that is known here.

create index dispatch_recipient_by_address on dispatch_recipient (account_id, lower(address), message_id);
