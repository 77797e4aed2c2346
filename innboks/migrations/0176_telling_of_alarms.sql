-- Who tells admins of a trouble says so before, and that it is told after: when that process ends in between, somebody else tells of it.
alter table alarm add column telling_until timestamptz;
comment on column alarm.telling_until is 'Until then a process is at telling admins of it; null: none is.';
