-- The account's brand: its name and colours stand in account.settings, its logo here.
create table account_logo (
    account_id bigint primary key references account (id) on delete cascade,
    type text not null,
    hash text not null,
    content bytea not null check (octet_length(content) <= 262144),
    changed_at timestamptz not null default now()
);
