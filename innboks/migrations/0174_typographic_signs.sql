-- Typographic quotes, apostrophes, dashes and dots part words, as the plain ones do: a word that stood right beside one was found by nobody. All
-- messages are walked over once more, the newest first, while everything else goes on.
create or replace function search_vector(given text) returns tsvector language sql immutable parallel safe return
    to_tsvector('public.search_plain'::regconfig,
        translate(case when octet_length(given) > length(given) then normalize(given) else given end,
            '/@._-<+~“”„‟«»‹›‘’‚‛′″‐‑‒–—―…·•', repeat(' ', 31)));

update search_progress p set walk_before = (select max(id) + 1 from message where account_id = p.account_id), walked = 0,
    walk_total = (select count(*) from message where account_id = p.account_id);
