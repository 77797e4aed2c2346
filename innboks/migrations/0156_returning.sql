-- A rule may keep returning customers with the same person.

alter table assignment_rule add column returning_days integer check (returning_days between 1 and 365);
comment on column assignment_rule.returning_days is 'Whom the rule names and who answered the contact in the last so many days comes before the others it names; null: nobody does.';
