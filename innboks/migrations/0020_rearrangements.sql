-- Merging and splitting conversations, and emptying the trash (SPEC 15.2, AHEAD 7).

-- What a message's `why` was before the rearrangement of this number; unchanged when that one did not touch it.
create function why_before(why jsonb, rearrangement text) returns jsonb language plpgsql immutable as $$
declare
    layer jsonb := why;
begin
    while layer is not null and jsonb_typeof(layer) = 'object' loop
        if layer ->> 'rearrangement_id' = rearrangement then
            return coalesce(layer -> 'before', '{}');
        end if;
        layer := layer -> 'before';
    end loop;
    return why;
end $$;

-- A deleted message takes along what refers to it, and that has to be found without reading the whole table.
create index message_reference_by_message on message_reference (account_id, message_id);
create index read_state_by_conversation on read_state (account_id, conversation_id);
