-- Pictures in what channels add below messages (R-113): small ones, named by their hash, in the database so that a copy of it has them.
create table picture (
    account_id bigint not null references account (id) on delete cascade,
    hash text not null,
    type text not null,
    name text not null,
    content bytea not null check (octet_length(content) <= 262144),
    added_at timestamptz not null default now(),
    primary key (account_id, hash)
);
