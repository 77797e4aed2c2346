-- What waits in quarantine at each connection: the radar looked through all of an account's for each of them. On a large installation the table is read
-- once, which takes some seconds, and what comes in waits meanwhile. Nothing is in this index that was dealt with.
create index delivery_quarantined on delivery (account_id, channel_account_id, received_at desc) where fate = 'quarantined';
