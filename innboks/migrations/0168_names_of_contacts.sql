-- A contact without a name gets that with which they sign next (R-703): many begin with a bare address. A name that somebody has stays.
create function name_contact() returns trigger language plpgsql as $$
declare
    given text := new.sender ->> 'name';
begin
    update contact set name = given where account_id = new.account_id and id = new.contact_id and name = '';
    if found then
        insert into contact_change (account_id, contact_id, kind, data)
        values (new.account_id, new.contact_id, 'renamed', jsonb_build_object('from', '', 'to', given));
        insert into event (account_id, type, data) values (new.account_id, 'contact.changed', jsonb_build_object('contact_id', new.contact_id));
        -- The rows that show it; older ones show it when they are read again.
        insert into event (account_id, type, inbox_id, conversation_id)
        select c.account_id, 'conversation.changed', c.inbox_id, c.id from conversation c
        where c.account_id = new.account_id and c.contact_id = new.contact_id order by c.last_message_at desc, c.id desc limit 50;
    end if;
    return null;
end $$;
create trigger message_names_contact after insert on message for each row
    when (new.direction = 'in' and new.contact_id is not null and new.sender ->> 'name' <> '') execute function name_contact();
