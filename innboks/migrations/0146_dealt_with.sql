-- An answer that was not delivered may be dealt with: it stays marked as failed, for the record, and stands in no count any more (AHEAD 4).

alter table dispatch add column dealt_with jsonb;
comment on column dispatch.dealt_with is 'Of a failed one: how (person, answered, elsewhere), at, and by (a user) or message_id (what got through). null: it needs somebody.';
comment on column conversation.failed_count is 'Answers that are uncertain, or failed and not dealt with.';
