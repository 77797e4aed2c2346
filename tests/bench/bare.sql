-- The reference of the road in: what one PL/pgSQL function needs for the same inserts, without any of the questions that the road asks.
create or replace function bare_ingest(a bigint, ch bigint, ib bigint, ext text, sender text, body text) returns bigint language plpgsql as $$
declare d bigint; c bigint; p bigint; m bigint;
begin
  insert into delivery (account_id, channel_account_id, payload_hash, fate, body, size) values (a, ch, sha256((ext || body)::bytea), 'handled', body::bytea, length(body)) returning id into d;
  select contact_id into p from contact_identity where account_id = a and type = 'opaque' and scope_id = ch and value = sender;
  if p is null then
    insert into contact (account_id, name) values (a, sender) returning id into p;
    insert into contact_identity (account_id, type, scope_id, value, contact_id) values (a, 'opaque', ch, sender, p);
  end if;
  select id into c from conversation where account_id = a and channel_account_id = ch and party_address = sender order by id desc limit 1;
  if c is null then
    insert into conversation (account_id, inbox_id, channel_account_id, contact_id, party_address) values (a, ib, ch, p, sender) returning id into c;
  end if;
  insert into message (account_id, conversation_id, channel_account_id, type, direction, contact_id, text, external_id, dedupe_key, delivery_id)
    values (a, c, ch, 'message', 'in', p, body, ext, ext, d) returning id into m;
  insert into message_reference values (a, ext, m, true);
  update conversation set message_count = message_count + 1, last_message_id = m, last_received_id = m, last_message_at = now(), preview = left(body, 180), waiting_since = coalesce(waiting_since, now())
    where account_id = a and id = c;
  insert into event (account_id, type, inbox_id, conversation_id) values (a, 'message.added', ib, c);
  return m;
end $$;
