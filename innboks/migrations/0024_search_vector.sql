-- The same words for a third of the time: text without accents needs no normalizing, and only signs that would glue words together are looked for
-- (the others part words by themselves).
create or replace function search_vector(given text) returns tsvector language sql immutable parallel safe return
    to_tsvector('public.search_plain'::regconfig,
        translate(case when octet_length(given) > length(given) then normalize(given) else given end, '/@._-<+~', '        '));
