-- Which cell of a row could not be taken, so that the page can show it beside the reason.

alter table contact_import_row add column bad_column integer;
comment on column contact_import_row.bad_column is 'Of a bad row: the column (from 0) whose cell is wrong; null where it is none of them alone.';
