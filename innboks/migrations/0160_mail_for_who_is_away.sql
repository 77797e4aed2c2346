-- Mail may wait until its reader is back. What an owner gets because they are away (R-063) does not.

alter table notification add column is_for_away boolean not null default false;
comment on column notification.is_for_away is 'It was made because its reader is away: its mail leaves although mail waits until they are back.';
