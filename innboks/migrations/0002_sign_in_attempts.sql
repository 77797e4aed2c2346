-- Counts of sign-ins that have not succeeded, so that guessing gets slow, on every web process alike and over restarts.
-- No tenant's table: an address that is tried may belong to nobody. Unlogged: losing it in a crash is harmless.

create unlogged table sign_in_attempt (
    key bytea primary key,
    failures integer not null,
    blocked_until timestamptz not null,
    at timestamptz not null
);
comment on column sign_in_attempt.key is 'A hash of the mail address that was tried, or of the network address it was tried from.';
create index sign_in_attempt_by_time on sign_in_attempt (at);
