-- Search: one entry per message and per contact, and the words of an account. See docs/decisions/0014-search.md; how it is asked stands in
-- core/search/store.py, how it is kept up in core/search/store_index.py.

create extension if not exists unaccent;
create extension if not exists pg_trgm;

create text search configuration search_plain (copy = pg_catalog.simple);
alter text search configuration search_plain alter mapping for word, numword, hword, numhword, hword_part, hword_numpart with unaccent, simple;

-- Words without case and accents, in their places. Signs that glue words together (addresses, paths, dashes) become spaces, in what is kept and in
-- what is asked alike; so "ORD-17" and ada@tindra.example are runs of words, and no text can hold a mark, which begins with "~".
create function search_vector(given text) returns tsvector language sql immutable parallel safe return
    to_tsvector('public.search_plain'::regconfig, translate(normalize(given), '/@._-\<>&+~''’', '             '));

create table search_message (
    account_id bigint not null,
    message_id bigint not null,
    conversation_id bigint not null,
    inbox_id bigint not null,
    contact_id bigint,
    at timestamptz not null,
    tokens tsvector not null,
    primary key (account_id, message_id),
    foreign key (account_id, message_id) references message (account_id, id) on delete cascade
);
comment on column search_message.tokens is 'Words (A subject, B from, C to, D the rest) and marks: ~a account, ~i inbox, ~c channel account, ~u author, '
    '~file, ~comment, and ~p to ~t the slice of time, each eight times as long as the one before.';
-- Marks make account, inbox and slice of time part of the index, so that a common word is only looked up among the newest messages.
create index search_message_tokens on search_message using gin (tokens) with (gin_pending_list_limit = 512);
create index search_message_by_conversation on search_message (account_id, conversation_id, at desc, message_id desc);
create index search_message_by_time on search_message (account_id, at desc, message_id desc);

create function search_times(at timestamptz) returns text[] language sql immutable parallel safe return array[
    '~p' || (extract(epoch from at)::bigint >> 12), '~q' || (extract(epoch from at)::bigint >> 15), '~r' || (extract(epoch from at)::bigint >> 18),
    '~s' || (extract(epoch from at)::bigint >> 21), '~t' || (extract(epoch from at)::bigint >> 24)];

create table search_contact (
    account_id bigint not null,
    contact_id bigint not null,
    tokens tsvector not null,
    primary key (account_id, contact_id),
    foreign key (account_id, contact_id) references contact (account_id, id) on delete cascade
);
create index search_contact_tokens on search_contact using gin (tokens) with (gin_pending_list_limit = 512);

-- ── the words of an account ─────────────────────────────────────────────────────────────────────────────────────────────

create table search_word (
    account_id bigint not null references account (id) on delete cascade,
    word text collate "C" not null,
    entries integer not null,
    english text collate "C",
    norwegian text collate "C",
    primary key (account_id, word)
) with (fillfactor = 80);
comment on table search_word is 'What can be found, for endings of the last word, other forms of a word (by their stems), and words with a slip of the pen.';
create index search_word_by_english on search_word (account_id, english) where english is not null;
create index search_word_by_norwegian on search_word (account_id, norwegian) where norwegian is not null;
create index search_word_alike on search_word using gin (word gin_trgm_ops) where length(word) >= 6;

-- The one way words are counted, whatever writes or removes entries (a message that is erased takes its words along).
create function count_search_words() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into search_word (account_id, word, entries, english, norwegian)
        select account_id, word, count(*), (ts_lexize('english_stem', word))[1], (ts_lexize('norwegian_stem', word))[1]
        from added, unnest(tsvector_to_array(tokens)) as word
        where word not like '~%' and length(word) between 2 and 32 and word !~ '[0-9]'
        group by account_id, word order by account_id, word
        on conflict (account_id, word) do update set entries = search_word.entries + excluded.entries;
    elsif tg_op = 'DELETE' then
        with gone as (
            select account_id, word, count(*) as entries from removed, unnest(tsvector_to_array(tokens)) as word
            where word not like '~%' and length(word) between 2 and 32 and word !~ '[0-9]' group by account_id, word
        ), held as (
            select w.account_id, w.word, g.entries from search_word w join gone g on g.account_id = w.account_id and g.word = w.word
            order by w.account_id, w.word for update of w
        ), less as (
            update search_word w set entries = w.entries - held.entries from held
            where w.account_id = held.account_id and w.word = held.word and w.entries > held.entries
        )
        delete from search_word w using held where w.account_id = held.account_id and w.word = held.word and w.entries <= held.entries;
    end if;
    return null;
end $$;

create trigger search_message_added after insert on search_message referencing new table as added
    for each statement execute function count_search_words();
create trigger search_message_removed after delete on search_message referencing old table as removed
    for each statement execute function count_search_words();
create trigger search_contact_added after insert on search_contact referencing new table as added
    for each statement execute function count_search_words();
create trigger search_contact_removed after delete on search_contact referencing old table as removed
    for each statement execute function count_search_words();

-- ── text of attached files ──────────────────────────────────────────────────────────────────────────────────────────────

create table search_file (
    account_id bigint not null,
    hash text not null,
    type text not null,
    name text not null,
    state text not null default 'waiting' check (state in ('waiting', 'read', 'empty', 'failed')),
    text text not null default '',
    reason text not null default '',
    attempts integer not null default 0,
    at timestamptz not null default now(),
    primary key (account_id, hash),
    foreign key (account_id, hash) references file (account_id, hash) on delete cascade
);
create index search_file_waiting on search_file (at) where state = 'waiting';

-- ── how far the index is ────────────────────────────────────────────────────────────────────────────────────────────────

create table search_progress (
    account_id bigint not null references account (id) on delete cascade,
    epoch text not null,
    tx xid8 not null,
    event_id bigint not null,
    walk_before bigint,
    walked bigint not null default 0,
    walk_total bigint not null default 0,
    indexed_at timestamptz not null default now(),
    primary key (account_id)
);
comment on table search_progress is 'Events are followed up to (tx, event_id), in the order of the log. What was there before is walked from the newest '
    'message down: those below walk_before are still to come; null when all are done.';
