-- The rows of the road out are their own queue: what is due, in which order, and who has it stands in `dispatch` itself, so that a job beside each of
-- them need not be written, taken and removed (docs/decisions/0017-road-out-in-batches.md).

alter table dispatch add column lane bigint;
comment on column dispatch.lane is 'Those of one lane (the conversation it was written in) leave one after the other, by message_id. Null: no worker takes it.';
update dispatch d set lane = m.conversation_id from message m
where m.account_id = d.account_id and m.id = d.message_id and d.state in ('queued', 'sending');

create index dispatch_due on dispatch (coalesce(next_try_at, held_until, created_at), message_id)
    where state = 'queued' and lane is not null and (held_for is null or held_for = 'undo');
create index dispatch_lane on dispatch (account_id, lane, message_id)
    where state in ('queued', 'sending') and lane is not null and (held_for is null or held_for = 'undo');
drop index dispatch_open;

delete from procrastinate_jobs where task_name = 'send_message';
