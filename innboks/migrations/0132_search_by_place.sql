-- What `subject:`, `from:` and `to:` ask stands in the words' index itself, and “has a file” in an index of the lists. Both could only be told by
-- reading entries, which took as long as there were entries where nothing was to be found. See docs/decisions/0014-search.md.

set local maintenance_work_mem = '512MB';
drop index search_message_tokens;
create index search_message_tokens on search_message
    using gin (tokens, ts_filter(tokens, '{a}'), ts_filter(tokens, '{b}'), ts_filter(tokens, '{c}')) with (gin_pending_list_limit = 512);

alter table conversation add column has_file boolean not null default false;
comment on column conversation.has_file is 'A message with a file stands or once stood in it; which of them has one is said by the message.';
update conversation c set has_file = true
where exists (select 1 from message m where m.account_id = c.account_id and m.conversation_id = c.id and m.has_attachments);
create index conversation_with_file on conversation (account_id, inbox_id, shelf, last_message_at, id) where has_file;

-- The one way it is set, whatever writes a message or moves it. Most have no file, and cost nothing here.
create function conversation_has_file() returns trigger language plpgsql as $$
begin
    update conversation set has_file = true where account_id = new.account_id and id = new.conversation_id and not has_file;
    return null;
end $$;
create trigger message_with_file after insert on message
    for each row when (new.has_attachments) execute function conversation_has_file();
create trigger message_with_file_moved after update of conversation_id, has_attachments on message
    for each row when (new.has_attachments) execute function conversation_has_file();
