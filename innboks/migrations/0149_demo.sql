-- The demo of an account (core/demo/): how far its loading or removing is, and a mark on everything that it made. The mark is set by the database in the
-- very statement that makes a row, on connections that say that they play (`innboks.demo`): a process that is killed leaves nothing unmarked.

create table demo (
    account_id bigint primary key references account (id) on delete cascade,
    state text not null check (state in ('loading', 'loaded', 'failed', 'removing', 'removed')),
    done integer not null default 0,
    total integer not null default 0,
    kept integer not null default 0,
    turn integer not null default 0,
    begun_by bigint not null,
    begun_at timestamptz not null,
    remove_at timestamptz,
    foreign key (account_id, begun_by) references app_user (account_id, id)
);
comment on column demo.turn is 'Which try at loading it is: a worker that was given up, and lives after all, sees that another one has taken over.';
comment on column demo.kept is 'How many conversations, contacts, people, addresses and inboxes stayed, because something of the account''s own hangs on them.';
comment on column demo.remove_at is 'Until then, its removal can be taken back.';

alter table inbox add column is_demo boolean not null default false;
alter table channel_account add column is_demo boolean not null default false;
alter table app_user add column is_demo boolean not null default false;
alter table contact add column is_demo boolean not null default false;
alter table conversation add column is_demo boolean not null default false;
comment on column channel_account.is_demo is 'Nothing leaves from it for a real address, whatever stands in its configuration.';

create index contact_of_demo on contact (account_id, id) where is_demo;
create index conversation_of_demo on conversation (account_id, id) where is_demo;

create function mark_demo() returns trigger language plpgsql as $$
begin
    new.is_demo := true;
    return new;
end $$;

create trigger mark_demo before insert on inbox for each row when (current_setting('innboks.demo', true) = 'on') execute function mark_demo();
create trigger mark_demo before insert on channel_account for each row when (current_setting('innboks.demo', true) = 'on') execute function mark_demo();
create trigger mark_demo before insert on app_user for each row when (current_setting('innboks.demo', true) = 'on') execute function mark_demo();
create trigger mark_demo before insert on contact for each row when (current_setting('innboks.demo', true) = 'on') execute function mark_demo();
create trigger mark_demo before insert on conversation for each row when (current_setting('innboks.demo', true) = 'on') execute function mark_demo();
