-- The hot part of the road in, as functions: keep the raw payload, find where a message belongs, record it. One round trip instead of six,
-- which is most of what taking a message in costs. What each value means stands in core/conversations/receive.py; how they are called, in
-- core/deliveries/store.py. A volatile function sees, in each of its statements, what others committed before: so a question asked
-- after a lock was had sees what its former holder did.

create type kept_delivery as (id bigint, fate text, is_new boolean);

create function keep_delivery(given jsonb, hash bytea, content bytea) returns kept_delivery language plpgsql as $$
declare
    kept kept_delivery;
begin
    -- Waits for another transaction that is keeping the same bytes.
    insert into delivery (account_id, channel_account_id, payload_hash, fate, code, reason, envelope, body, body_file, size, received_at, settled_at)
    values ((given ->> 'account')::bigint, (given ->> 'channel')::bigint, hash, given ->> 'fate', given ->> 'code',
        given ->> 'reason', given -> 'envelope', content, given ->> 'body_file', (given ->> 'size')::bigint,
        (given ->> 'at')::timestamptz, case when given ->> 'fate' <> 'kept' then (given ->> 'at')::timestamptz end)
    on conflict (account_id, channel_account_id, payload_hash) do update set seen_count = delivery.seen_count + 1
    returning delivery.id, delivery.fate, delivery.seen_count = 1 into kept;
    if given ->> 'source' is not null then
        insert into delivery_source (account_id, channel_account_id, source, delivery_id)
        values ((given ->> 'account')::bigint, (given ->> 'channel')::bigint, given ->> 'source', kept.id)
        on conflict do nothing;
    end if;
    return kept;
end $$;

create type received_message as (
    account bigint, channel bigint, inbox bigint, direction text, at timestamptz,
    identity_type text, scope bigint, address text, contact_name text,
    key_hows text[], key_values text[], key_labels text[], external_thread text, external text, dedupe text, mentions text[],
    conversation_subject text, subject text, preview text, text text, html text, quoted text, signature text,
    sender jsonb, recipients jsonb, reply_to jsonb, origin jsonb, data jsonb,
    is_automatic boolean, may_answer boolean, has_attachments boolean, sent_at timestamptz
);

create type message_place as (conversation_id bigint, inbox_id bigint, message_id bigint);

-- Where one key of a message points to, among the conversations of this inbox or channel account.
create function place_of_key(m received_message, how text, value text) returns message_place language plpgsql as $$
declare
    place message_place;
begin
    if how = 'message' then
        select c.id, c.inbox_id, x.id into place
        from message_reference r
        join message x on x.account_id = r.account_id and x.id = r.message_id
        join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
        where r.account_id = m.account and r.external_id = value and r.is_own and (c.inbox_id = m.inbox or c.channel_account_id = m.channel)
        order by x.id desc limit 1;
    elsif how = 'conversation' then
        select c.id, c.inbox_id, null into place from conversation c
        where c.account_id = m.account and c.id = value::bigint and (c.inbox_id = m.inbox or c.channel_account_id = m.channel);
    elsif how = 'party' then
        select c.id, c.inbox_id, null into place from conversation c
        where c.account_id = m.account and c.channel_account_id = m.channel and c.party_address = value
        order by c.id desc limit 1;
    elsif how = 'external' then
        select c.id, c.inbox_id, null into place from conversation c
        where c.account_id = m.account and c.channel_account_id = m.channel and c.external_thread_id = value;
    end if;
    return place;
end $$;

-- An id that other messages merely mention counts last, and only among the same person's messages (AHEAD, "what breaks" 4).
create function place_of_mention(m received_message, contact bigint, value text) returns message_place language plpgsql as $$
declare
    place message_place;
begin
    select c.id, c.inbox_id, x.id into place
    from message_reference r
    join message x on x.account_id = r.account_id and x.id = r.message_id and x.contact_id = contact
    join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
    where r.account_id = m.account and r.external_id = value and not r.is_own and (c.inbox_id = m.inbox or c.channel_account_id = m.channel)
    order by x.id desc limit 1;
    return place;
end $$;

-- Match and record. Returns the new message's id; null when the very same message is here already.
create function record_received(given jsonb, delivery bigint) returns bigint language plpgsql as $$
declare
    m received_message := jsonb_populate_record(null::received_message, given);
    waits boolean := m.direction = 'in' and not m.is_automatic;
    contact bigint;
    place message_place;
    why jsonb;
    is_new boolean;
    message_id bigint;
begin
    -- Until the commit, nobody else records a message of this sender in this account: so two mails at once make one contact and, where they
    -- belong together, one conversation.
    perform pg_advisory_xact_lock(hashtextextended(m.address, m.account));
    if m.dedupe is not null then
        perform 1 from message x join conversation c on c.account_id = x.account_id and c.id = x.conversation_id
        where x.account_id = m.account and x.dedupe_key = m.dedupe and (x.channel_account_id = m.channel or c.inbox_id = m.inbox);
        if found then
            return null;
        end if;
    end if;

    select i.contact_id into contact from contact_identity i
    where i.account_id = m.account and i.type = m.identity_type and i.scope_id = m.scope and i.value = m.address;

    for nth in 1 .. cardinality(m.key_hows) loop
        place := place_of_key(m, m.key_hows[nth], m.key_values[nth]);
        if place.conversation_id is not null then
            why := jsonb_build_object('how', 'own', 'label', m.key_labels[nth], 'value', m.key_values[nth]);
            exit;
        end if;
    end loop;
    if place.conversation_id is null and contact is not null then
        place := place_of_mention(m, contact, m.external);
        why := jsonb_build_object('how', 'mentioned', 'label', 'Message-ID', 'value', m.external);
        for nth in 1 .. cardinality(m.key_hows) loop
            exit when place.conversation_id is not null;
            if m.key_hows[nth] = 'message' then
                place := place_of_mention(m, contact, m.key_values[nth]);
                why := jsonb_build_object('how', 'mentioned', 'label', m.key_labels[nth], 'value', m.key_values[nth]);
            end if;
        end loop;
    end if;
    is_new := place.conversation_id is null;
    if is_new then
        why := '{"how": "new"}';
    elsif place.message_id is not null then
        why := why || jsonb_build_object('message_id', place.message_id::text);
    end if;

    if contact is null and m.address <> '' then
        insert into contact (account_id, name) values (m.account, m.contact_name) returning id into contact;
        insert into contact_identity (account_id, type, scope_id, value, contact_id) values (m.account, m.identity_type, m.scope, m.address, contact);
    end if;
    message_id := nextval('message_id_seq');
    if is_new then
        insert into conversation (account_id, inbox_id, channel_account_id, contact_id, subject, preview, party_address, external_thread_id,
            message_count, last_message_id, last_message_at, last_received_id, last_direction, waiting_since, created_at)
        values (m.account, m.inbox, m.channel, contact, m.conversation_subject, m.preview, m.address, m.external_thread,
            1, message_id, m.at, case when m.direction = 'in' then message_id else 0 end, m.direction, case when waits then m.at end, m.at)
        returning id, inbox_id into place.conversation_id, place.inbox_id;
    else
        update conversation set
            message_count = message_count + 1,
            last_message_id = greatest(last_message_id, message_id),
            last_message_at = greatest(last_message_at, m.at),
            last_received_id = case when m.direction = 'in' then message_id else last_received_id end,
            last_direction = m.direction,
            preview = m.preview,
            waiting_since = case when m.direction = 'out' then null when waits then coalesce(waiting_since, m.at) else waiting_since end,
            status = case when waits then 'open' else status end,
            closed_at = case when waits then null else closed_at end,
            snoozed_until = case when waits then null else snoozed_until end,
            trashed_at = null
        where account_id = m.account and id = place.conversation_id;
    end if;
    insert into message (account_id, id, conversation_id, channel_account_id, type, direction, contact_id, sender, recipients, reply_to, subject, text,
        html, quoted, signature, why, origin, data, is_automatic, may_answer_automatically, has_attachments, external_id, dedupe_key, delivery_id,
        sent_at, created_at)
    values (m.account, message_id, place.conversation_id, m.channel, case when m.direction = 'in' then 'message' else 'reply' end, m.direction, contact,
        m.sender, m.recipients, m.reply_to, m.subject, m.text, m.html, m.quoted, m.signature, why, m.origin, m.data, m.is_automatic, m.may_answer,
        m.has_attachments, m.external, m.dedupe, delivery, m.sent_at, m.at);
    if m.external is not null then
        insert into message_reference (account_id, external_id, message_id, is_own) values (m.account, m.external, message_id, true);
    end if;
    if cardinality(m.mentions) > 0 then
        insert into message_reference (account_id, external_id, message_id, is_own)
        select m.account, mentioned, message_id, false from unnest(m.mentions) as mentioned
        on conflict do nothing;
    end if;
    update channel_account set last_received_at = now()
    where account_id = m.account and id = m.channel and (last_received_at is null or last_received_at < now() - interval '10 seconds');
    insert into event (account_id, type, inbox_id, conversation_id, data)
    values (m.account, 'message.added', place.inbox_id, place.conversation_id,
        jsonb_build_object('message_id', message_id, 'is_new_conversation', is_new));
    return message_id;
end $$;

-- The whole of a payload that is one message, and the usual case: kept, matched, recorded. `message_id` null: it was here before.
create function take_in_message(raw jsonb, hash bytea, content bytea, message jsonb, out id bigint, out fate text, out message_id bigint)
language plpgsql as $$
declare
    kept kept_delivery := keep_delivery(raw, hash, content);
begin
    id := kept.id;
    fate := 'duplicate';
    if not kept.is_new and kept.fate in ('handled', 'duplicate', 'ignored') then
        return;
    end if;
    message_id := record_received(message, kept.id);
    if message_id is not null then
        fate := 'handled';
    end if;
    if not kept.is_new or message_id is null then
        update delivery d set fate = take_in_message.fate, code = case when message_id is null then 'duplicate' else '' end,
            reason = case when message_id is null then 'The same message was here already.' else '' end, settled_at = now()
        where d.account_id = (raw ->> 'account')::bigint and d.id = kept.id;
    end if;
end $$;
