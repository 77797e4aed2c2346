-- What waits in quarantine can be set aside by a person: it is kept as it came, needs nobody any more, and can be put back (AHEAD 2).

alter table delivery drop constraint delivery_fate_check;
alter table delivery add constraint delivery_fate_check
    check (fate in ('kept', 'handled', 'duplicate', 'ignored', 'quarantined', 'set_aside'));

create index delivery_set_aside on delivery (account_id, id desc) where fate = 'set_aside';
