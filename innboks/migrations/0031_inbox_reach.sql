-- Who is to have access to which inbox, also people who were invited and have not come, or who are deactivated: what the table of people shows.
-- `inbox_access` stays what every permission is read from: the same, of active people only.

create view inbox_reach as
select a.account_id, a.inbox_id, a.user_id, a.may_act, a.may_get, a.may_act or a.reads_all as may_read, a.is_named, a.is_active
from (
    select i.account_id, i.id as inbox_id, u.id as user_id, m.user_id is not null as is_named,
        u.deactivated_at is null and u.joined_at is not null as is_active,
        r.permissions && '{super_admin,read_all_inboxes}'::text[] as reads_all,
        i.access = 'everyone' or m.user_id is not null or exists (
            select 1 from team_member t join inbox_team o on o.account_id = t.account_id and o.inbox_id = i.id and o.team_id = t.team_id
            join team n on n.account_id = t.account_id and n.id = t.team_id and n.deleted_at is null
            where t.account_id = u.account_id and t.user_id = u.id) as may_act,
        i.access = 'everyone' or m.user_id is not null or exists (
            select 1 from team_member t join inbox_team o on o.account_id = t.account_id and o.inbox_id = i.id and o.team_id = t.team_id
            join team n on n.account_id = t.account_id and n.id = t.team_id and n.deleted_at is null
            where t.account_id = u.account_id and t.user_id = u.id and t.is_main) as may_get
    from app_user u
    join role r on r.account_id = u.account_id and r.id = u.role_id
    join inbox i on i.account_id = u.account_id
    left join inbox_member m on m.account_id = i.account_id and m.inbox_id = i.id and m.user_id = u.id
) a;
comment on view inbox_reach is 'For showing only. Always ask with the account, and with the user or the inbox.';

create or replace view inbox_access as
select account_id, inbox_id, user_id, may_act, may_get, may_read from inbox_reach where is_active;
