-- Limits of their own for calls, messages, and email with all that is left (R-604), beside the one for all conversations.

alter table availability
    add column calling_max integer check (calling_max between 0 and 100000),
    add column messaging_max integer check (messaging_max between 0 and 100000),
    add column other_max integer check (other_max between 0 and 100000);
comment on column availability.conversations_max is 'Of all conversations together; null: no limit. The three below are of their kind alone (R-604).';

alter table channel_account add column category text not null default 'other';
comment on column channel_account.category is 'The category of its channel (sdk/contract.py) when it was connected: which limit its conversations count for.';
