-- Limits of open tickets per person (R-600, R-603, R-604): of all, and of those that came by calls, by messages, and by email with all that is left.

alter table availability
    add column tickets_max integer check (tickets_max between 0 and 100000),
    add column tickets_calling_max integer check (tickets_calling_max between 0 and 100000),
    add column tickets_messaging_max integer check (tickets_messaging_max between 0 and 100000),
    add column tickets_other_max integer check (tickets_other_max between 0 and 100000);
comment on column availability.tickets_max is 'Open tickets that rules give them, made by channels; null: no limit. The three below are of their kind alone. What does not count
stands in account.settings: tickets_uncounted_stage_ids, tickets_uncounted_after_days.';

-- A ticket without an owner is whose its conversation is given to first (R-071), however that happens.
create function give_ticket_to_first() returns trigger language plpgsql as $$
declare
    ticket_id bigint;
begin
    update ticket t set owner_id = new.assignee_id, updated_at = now()
    where t.account_id = new.account_id and t.source_conversation_id = new.id and t.owner_id is null and t.closed_at is null
    returning t.id into ticket_id;
    if found then
        perform tell_ticket(new.account_id, ticket_id, 'ticket.changed');
    end if;
    return null;
end $$;
create trigger conversation_first_assignee after update of assignee_id on conversation for each row
    when (old.assignee_id is null and new.assignee_id is not null) execute function give_ticket_to_first();
