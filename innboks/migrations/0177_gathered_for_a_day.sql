-- What the brake gathers is deleted for good 90 days after the conversation began (R-801). Of a sender who never calms down, what came a minute before
-- would go too: so a conversation gathers for a day, and the next one goes on.
create or replace function flood_of(m received_message, chosen filter_setting, out verdict text, out conversation_id bigint) language plpgsql as $$
declare
    span interval := make_interval(secs => chosen.flood_within_s);
    newest record;
    many integer;
begin
    select c.id, c.spam_reason, c.last_message_at, c.created_at into newest from conversation c
    where c.account_id = m.account and c.channel_account_id = m.channel and c.party_address = m.address order by c.id desc limit 1;
    if newest.spam_reason = 'flood' and m.at - newest.last_message_at < span then
        verdict := 'flood';
        conversation_id := case when m.at - newest.created_at < interval '1 day' then newest.id end;
        return;
    end if;
    select count(*) into many from (
        select c.created_at from conversation c where c.account_id = m.account and c.channel_account_id = m.channel and c.party_address = m.address
        order by c.id desc limit chosen.flood_count) last
    where last.created_at between m.at - span and m.at + span;
    if many >= chosen.flood_count then
        verdict := 'flood';
    end if;
end $$;
