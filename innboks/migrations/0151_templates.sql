-- A snippet with a subject is a template: a whole email (R-661).

alter table snippet add column subject text not null default '';
comment on column snippet.subject is 'What a new conversation is about, with tokens like its text; empty: a snippet for any answer (R-661).';
