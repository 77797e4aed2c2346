-- Which words follow each other stands in the words' index, too. That "of the" and "tent" come one after the other could only be told by reading every
-- entry that has both words, which took a second where these are common. See docs/decisions/0014-search.md.

create function search_pair(one text, next text) returns integer language sql immutable parallel safe return hashtext(one || ' ' || next);
comment on function search_pair is 'The number that stands for two words in a row. Two pairs may share one: entries with it are read before they count.';

create function search_pairs(tokens tsvector) returns integer[] language sql immutable parallel safe return (
    select coalesce(array_agg(distinct search_pair(word, next)), '{}')
    from (
        select t.lexeme as word, place, lead(t.lexeme) over in_order as next, lead(place) over in_order as next_place
        from unnest(tokens) t, unnest(t.positions) place window in_order as (order by place)) written
    where next_place = place + 1);
comment on function search_pairs is 'All pairs of words in a row of an entry.';

create function search_run(words text[]) returns integer[] language sql immutable parallel safe return (
    select coalesce(array_agg(search_pair(words[nth], words[nth + 1])), '{}') from generate_series(1, array_length(words, 1) - 1) nth);
comment on function search_run is 'The pairs of one run of words, as search_pairs has them.';

set local maintenance_work_mem = '512MB';
drop index search_message_tokens;
create index search_message_tokens on search_message
    using gin (tokens, ts_filter(tokens, '{a}'), ts_filter(tokens, '{b}'), ts_filter(tokens, '{c}'), search_pairs(tokens))
    with (gin_pending_list_limit = 512);
