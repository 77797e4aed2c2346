-- An answer whose contact was blocked before it left waits for a person, as one does that the customer overtook.

comment on column dispatch.held_for is 'Why it does not leave: undo (it can be taken back until held_until), schedule (it leaves then), newer (its time has come,
but the customer wrote first), connection (until the channel works again), blocked (its contact was blocked meanwhile).';
-- What waits for a time or a decision, for the list of it.
drop index dispatch_scheduled;
create index dispatch_waiting on dispatch (account_id, message_id) where held_for in ('schedule', 'newer', 'connection', 'blocked');
