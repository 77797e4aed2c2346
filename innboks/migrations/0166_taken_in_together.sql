-- What arrives at the same moment is taken in together: one transaction, one flush to the disk, one round trip (core/deliveries/together.py).
--
-- All addresses come first, in the order of their letters, as by everybody who holds several (ARCHITECTURE.md, "Data"). Rows of conversations cannot be put in
-- an order before they are found; so nobody waits long here: after a tenth of a second, long before two that wait for each other would be told so, the whole
-- is given up, and each payload goes by itself, as it would have gone alone.

-- `given`: one {raw, message, has_tickets} for each, as `take_in_message` takes them; what comes out has the same order.
create function take_in_messages(given jsonb, hashes bytea[], contents bytea[]) returns table (id bigint, fate text, message_id bigint)
language plpgsql set lock_timeout = '100ms' as $$
declare
    one jsonb;
begin
    if jsonb_array_length(given) > 1 then
        perform pg_advisory_xact_lock(hashtextextended(v.address, v.account)) from (
            select distinct (g -> 'message' -> 'account')::bigint as account, (g -> 'message' ->> 'address') collate "C" as address
            from jsonb_array_elements(given) g order by 1, 2) v;
    end if;
    for nth in 1 .. jsonb_array_length(given) loop
        one := given -> (nth - 1);
        select t.id, t.fate, t.message_id into id, fate, message_id from take_in_message(one -> 'raw', hashes[nth], contents[nth], one -> 'message') t;
        if (one -> 'has_tickets')::boolean then
            perform make_ticket((one -> 'message' -> 'account')::bigint, message_id, false, (one -> 'message' ->> 'at')::timestamptz);
        end if;
        return next;
    end loop;
end $$;
