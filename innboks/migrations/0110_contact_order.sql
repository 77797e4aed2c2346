-- Names in the order in which people look for them: case and accents do not part them, and æ (ä), ø (ö), å come after z, as in Norwegian and Danish.
-- Capitals stand in it as well, for a database without a locale does not know the small ones of these letters. By hand and not by an ICU collation: a server may lack ICU, its order may change with a new version, and an index on it would then be wrong.

drop index contact_by_sort_name;
alter table contact drop column sort_name;
alter table contact
    add column sort_name text collate "C" not null generated always as (
        case
            when name = '' then chr(1114111)
            else translate(
                lower(name),
                'æäøöåáàâãçćčđðéèêëęěíìîïłñńňóòôõřśšșťțúùûüůýÿźżžßþ'
                'ÆÄØÖÅÁÀÂÃÇĆČĐÐÉÈÊËĘĚÍÌÎÏŁÑŃŇÓÒÔÕŘŚŠȘŤȚÚÙÛÜŮÝŸŹŻŽÞ',
                '{{||}aaaacccddeeeeeeiiiilnnnoooorsssttuuuuuyyzzzst'
                '{{||}aaaacccddeeeeeeiiiilnnnoooorsssttuuuuuyyzzzt'
            )
        end
    ) stored;
comment on column contact.sort_name is 'Those without a name come last. “{”, “|” and “}” stand for æ, ø and å.';
create index contact_by_sort_name on contact (account_id, sort_name, id) where merged_into_id is null;
