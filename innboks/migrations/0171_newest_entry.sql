-- What a list shows of a conversation's newest entry stands with the conversation: a page of fifty rows would look up fifty messages otherwise, each in a
-- place of its own, which costs more than all the rest of the page where there are many. Whoever changes `last_message_id` or `last_received_id`
-- writes these along; messages themselves do not change.

create function heard_by(recipients jsonb) returns text[] language plpgsql immutable parallel safe as $$
begin
    if jsonb_array_length(recipients) = 1 and recipients #>> '{0,role}' in ('to', 'cc') then
        return array[lower(recipients #>> '{0,address}')];  -- nearly always
    end if;
    return (select array_agg(distinct lower(o ->> 'address')) from jsonb_array_elements(recipients) o where o ->> 'role' in ('to', 'cc'));
end $$;
comment on function heard_by is 'The addresses in To and Cc, in small letters; null when there is none.';

create function comment_start(type text, words text) returns text language sql immutable parallel safe as
    $$ select case when type = 'comment' then left(regexp_replace(left(words, 400), '\s+', ' ', 'g'), 180) else '' end $$;
comment on function comment_start is 'The first words of a comment, in one line; empty for what is no comment.';

alter table conversation
    add column last_type text,
    add column last_author_id bigint,
    add column is_last_forward boolean not null default false,
    add column last_comment text not null default '',
    add column heard text[];
comment on column conversation.last_type is 'Of the message last_message_id, as are the three after it; null where there is none.';
comment on column conversation.last_comment is 'How it begins when it is a comment; empty otherwise.';
comment on column conversation.heard is 'The addresses to which the message last_received_id went, beside its sender.';

update conversation c set last_type = l.type, last_author_id = l.author_id, is_last_forward = l.data ? 'forward_of', last_comment = comment_start(l.type, l.text),
    heard = (select heard_by(r.recipients) from message r where r.account_id = c.account_id and r.id = c.last_received_id)
from message l where l.account_id = c.account_id and l.id = c.last_message_id;

-- As in migration 0163, and what lists show of the newest message is kept.
-- Match and record. Returns the new message's id; null when the very same message is here already.
create or replace function record_received(given jsonb, delivery bigint) returns bigint language plpgsql as $$
declare
    m received_message := jsonb_populate_record(null::received_message, given);
    is_past boolean := coalesce(m.is_past, false);
    waits boolean := m.direction = 'in' and not m.is_automatic and not is_past;
    contact bigint;
    place message_place;
    why jsonb;
    is_new boolean;
    was conversation_state;
    line jsonb;
    line_id bigint;
    message_id bigint;
    entry_type text := case when m.direction = 'in' then 'message' else 'reply' end;
    chosen filter_setting;
    is_listed boolean;  -- true: on the allow list; false: on the deny list
    verdict text;  -- why it is not wanted
    is_apart boolean;  -- where it goes is not the inbox
    word policy_word;
    days integer;
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

    if m.direction = 'in' then
        -- Allow list before deny list before rules (R-804).
        select * into chosen from filter_setting f where f.account_id = m.account;
        if chosen.has_lists then
            select bool_or(s.is_allowed) into is_listed from listed_sender s where s.account_id = m.account and s.value = any(sender_names(lower(m.address)));
        end if;
        if is_listed is false then
            verdict := 'denied';
        elsif is_listed is null and cardinality(m.signs) > 0 then
            select s.sign into verdict from unnest(m.signs) with ordinality s (sign, nth)
            where chosen.rules is null or s.sign = any(chosen.rules) order by s.nth limit 1;
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
    if verdict = 'denied' and place.conversation_id is not null then
        -- It goes on with what is spam already, but never into what people work on.
        perform 1 from conversation c where c.account_id = m.account and c.id = place.conversation_id and c.spam;
        if not found then
            place := null;
            m.external_thread := null;
        end if;
    end if;
    if m.identity_type = 'email' and m.direction = 'in' and not m.is_automatic then
        if place.conversation_id is not null then
            word := word_of_policy(m, contact, place);
            if word.is_apart then
                why := why || jsonb_build_object('how', 'apart', 'reason', word.reason, 'from', word.left_id::text, 'subject_was', word.subject_was,
                    'message_id', place.message_id::text);
                place := row(word.conversation_id, word.inbox_id, null);
                m.external_thread := null;
            elsif word.reason is not null then
                why := why || jsonb_build_object('subject_was', word.subject_was, 'split', word.split);
            end if;
        end if;
    end if;
    if place.conversation_id is null and word.left_id is null and m.identity_type = 'email' and m.direction = 'in' and verdict is null and not is_past
        and m.conversation_subject <> '' and not 'message' = any(m.key_hows) then
        select i.same_subject_days into days from inbox i where i.account_id = m.account and i.id = m.inbox;
        if days is not null then
            select c.id, c.inbox_id, null into place from (select c.id, c.inbox_id, c.subject, c.shelf, c.last_message_at from conversation c
                where c.account_id = m.account and c.channel_account_id = m.channel and c.party_address = m.address order by c.id desc limit 200) c
            where c.subject = m.conversation_subject and c.shelf in ('open', 'snoozed') and c.last_message_at >= m.at - make_interval(days => days)
            order by c.id desc limit 1;
            why := jsonb_build_object('how', 'same_subject', 'days', days, 'label', 'Subject', 'value', m.conversation_subject);
        end if;
    end if;
    if place.conversation_id is null and verdict is null and is_listed is null and chosen.flood_count is not null then
        select * into verdict, place.conversation_id from flood_of(m, chosen);
        why := '{"how": "gathered"}';
    end if;
    is_new := place.conversation_id is null;
    if is_new then
        if word.left_id is null then
            why := '{"how": "new"}';
        end if;
    elsif place.message_id is not null then
        why := why || jsonb_build_object('message_id', place.message_id::text);
    end if;

    if is_new then
        is_apart := verdict is not null;
    else
        loop
            -- What belongs to a merged conversation belongs to the one that it was merged into.
            select c.inbox_id, c.status, c.is_snoozed, c.trashed_at is not null, c.merged_into_id, case when c.spam then c.spam_reason end into was
            from conversation c where c.account_id = m.account and c.id = place.conversation_id for no key update;
            exit when was.merged_into_id is null;
            place.conversation_id := was.merged_into_id;
        end loop;
        place.inbox_id := was.inbox_id;
        -- A person's message in what a rule kept apart brings all of it to the inbox, and so does any of somebody on the allow list.
        is_apart := was.spam_reason is not null and (was.spam_reason = 'blocked' or is_listed is not true)
            and not (was.spam_reason in ('automated', 'marketing', 'unsubscribe', 'role_based') and verdict is null and waits);
        line := case
            when was.spam_reason is not null and not is_apart
                then jsonb_build_object('event', 'unmarked_spam', 'reason', 'message', 'was', was.spam_reason, 'to', 'open')
            when was.is_trashed and not is_past then '{"event": "restored", "reason": "message"}'
            when waits and was.status = 'closed' then '{"event": "status_changed", "from": "closed", "to": "open", "reason": "message"}'
            when waits and was.is_snoozed then '{"event": "woken", "reason": "message"}'
        end;
        if line is not null then
            insert into message (account_id, conversation_id, channel_account_id, type, direction, data, created_at)
            values (m.account, place.conversation_id, m.channel, 'system', 'none', line, m.at) returning id into line_id;
            insert into event (account_id, type, inbox_id, conversation_id, data)
            values (m.account, 'message.added', place.inbox_id, place.conversation_id, jsonb_build_object('message_id', line_id));
        end if;
    end if;
    if contact is null and m.address <> '' and not is_apart then
        insert into contact (account_id, name) values (m.account, m.contact_name) returning id into contact;
        insert into contact_identity (account_id, type, scope_id, value, contact_id) values (m.account, m.identity_type, m.scope, m.address, contact);
    end if;
    message_id := nextval('message_id_seq');
    if is_new then
        insert into conversation (account_id, inbox_id, channel_account_id, contact_id, subject, preview, party_address, external_thread_id,
            message_count, last_message_id, last_message_at, last_received_id, last_direction, waiting_since, created_at, status, closed_at, spam, spam_reason,
            spam_at, last_type, heard)
        values (m.account, coalesce(word.inbox_id, m.inbox), m.channel, contact, m.conversation_subject, m.preview, m.address, m.external_thread,
            1, message_id, m.at, case when m.direction = 'in' then message_id else 0 end, m.direction, case when waits then m.at end, m.at,
            case when is_past then 'closed' else 'open' end, case when is_past then m.at end, is_apart, verdict,
            case when is_apart then (select d.received_at from delivery d where d.account_id = m.account and d.id = delivery) end,
            entry_type, case when m.direction = 'in' then heard_by(m.recipients) end)
        returning id, inbox_id into place.conversation_id, place.inbox_id;
    else
        update conversation set
            message_count = message_count + case when line is null then 1 else 2 end,
            last_message_id = greatest(last_message_id, message_id),
            last_type = case when message_id > last_message_id then entry_type else last_type end,
            last_author_id = case when message_id > last_message_id then null else last_author_id end,
            is_last_forward = case when message_id > last_message_id then coalesce(m.data ? 'forward_of', false) else is_last_forward end,
            last_comment = case when message_id > last_message_id then '' else last_comment end,
            heard = case when m.direction = 'in' then heard_by(m.recipients) else heard end,
            last_message_at = greatest(last_message_at, m.at),
            last_received_id = case when m.direction = 'in' then message_id else last_received_id end,
            last_direction = case when is_past and m.at < last_message_at then last_direction else m.direction end,
            preview = case when is_past and m.at < last_message_at then preview else m.preview end,
            waiting_since = case when is_past then waiting_since when m.direction = 'out' then null when waits then coalesce(waiting_since, m.at) else waiting_since end,
            status = case when waits then 'open' else status end,
            closed_at = case when waits then null else closed_at end,
            is_snoozed = is_snoozed and not waits,
            snoozed_until = case when waits then null else snoozed_until end,
            trashed_at = case when is_past then trashed_at end,
            spam = is_apart,
            spam_reason = case when not is_apart then null when verdict = 'denied' then 'denied' else spam_reason end,
            spam_at = case when is_apart then spam_at end,
            contact_id = case when was.spam_reason is not null then coalesce(contact_id, contact) else contact_id end
        where account_id = m.account and id = place.conversation_id;
    end if;
    insert into message (account_id, id, conversation_id, channel_account_id, type, direction, contact_id, sender, recipients, reply_to, subject, text,
        html, quoted, signature, why, origin, data, is_automatic, may_answer_automatically, has_attachments, external_id, dedupe_key, delivery_id,
        sent_at, created_at)
    values (m.account, message_id, place.conversation_id, m.channel, entry_type, m.direction, contact,
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
    where account_id = m.account and id = m.channel and not is_past and (last_received_at is null or last_received_at < now() - interval '10 seconds');
    insert into event (account_id, type, inbox_id, conversation_id, data)
    values (m.account, 'message.added', place.inbox_id, place.conversation_id,
        jsonb_build_object('message_id', message_id, 'is_new_conversation', is_new));
    if is_new and word.left_id is not null then
        perform tell_apart(m, word, place, message_id);
    end if;
    if is_new and is_apart then
        insert into message (account_id, conversation_id, channel_account_id, type, direction, data, created_at)
        values (m.account, place.conversation_id, m.channel, 'system', 'none', jsonb_build_object('event', 'marked_spam', 'reason', verdict), m.at)
        returning id into line_id;
        update conversation set message_count = message_count + 1 where account_id = m.account and id = place.conversation_id;
        insert into event (account_id, type, inbox_id, conversation_id, data)
        values (m.account, 'message.added', place.inbox_id, place.conversation_id, jsonb_build_object('message_id', line_id));
    elsif was.spam_reason is not null and not is_apart then
        update message set contact_id = contact where account_id = m.account and conversation_id = place.conversation_id
            and direction = 'in' and contact_id is null and lower(sender ->> 'address') = m.address;
    end if;
    return message_id;
end $$;
