/* What people can: languages, a main one or one that they also speak, and skills in categories of the account's own. Each change is kept at once. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { patch, post, remove } from "../../api/client";
import { keys, usersQuery } from "../../api/queries";
import { Button, IconButton } from "../../ui/Button";
import { KeepKeys } from "../../ui/EarlyKeys";
import { Field } from "../../ui/Field";
import { languageName } from "../../ui/format";
import { t, withWords } from "../../ui/i18n";
import { Loading } from "../../ui/Loading";
import { Popover } from "../../ui/Popover";
import { sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { Members } from "../people/Members";
import { memberOf } from "../people/TeamsPage";
import { SkillName } from "./SkillName";
import {
  categoriesQuery,
  languagesQuery,
  type Skill,
  type SkillCategory,
  saveBearers,
  skillName,
  skillsQuery,
  withBearer,
  withoutBearer,
} from "./skills";

const Picker = lazy(withWords(() => import("../../ui/Picker").then(({ Picker }) => ({ default: Picker }))));

/** Does it, says what went wrong, and asks anew for what there is. */
function useAct() {
  const client = useQueryClient();
  return async (act: () => Promise<unknown>, done?: string, undo?: () => void) => {
    try {
      await act();
      if (done) toast(done, undo);
    } catch (problem) {
      toastError(problem);
    }
    await client.invalidateQueries({ queryKey: keys.skills });
  };
}

/** Renames at once, with Undo; a name that is taken stays in its field, with what is wrong. */
function useRename(path: string, name: string) {
  const client = useQueryClient();
  const act = useAct();
  return async (next: string) => {
    await patch(path, { name: next });
    toast(t("routing.renamed", { from: name, to: next }), () => void act(() => patch(path, { name })));
    await client.invalidateQueries({ queryKey: keys.skills });
  };
}

export function Skills() {
  const skills = useQuery(skillsQuery);
  const categories = useQuery(categoriesQuery);
  const act = useAct();
  const languages = skills.data?.filter((one) => one.language !== null) ?? [];
  return (
    <section aria-label={t("routing.skills_title")}>
      <h2>{t("routing.skills_title")}</h2>
      <p className="soft">{t("routing.skills_lead")}</p>
      {!skills.data ? (
        <Loading query={skills} queryKey={skillsQuery.queryKey} rows={2} shape="row" />
      ) : !categories.data ? (
        <Loading query={categories} queryKey={categoriesQuery.queryKey} rows={2} shape="row" />
      ) : (
        <>
          <section className="card teamcard" aria-label={t("routing.languages")}>
            <header>
              <h3>{t("routing.languages")}</h3>
              <AddLanguage known={languages} />
            </header>
            {languages.map((one) => (
              <SkillRow key={one.id} skill={one} />
            ))}
          </section>
          {categories.data.map((one) => (
            <CategoryCard
              key={one.id}
              category={one}
              skills={skills.data.filter((each) => each.category_id === one.id)}
            />
          ))}
          <AddNamed
            label={t("routing.new_category")}
            button={t("routing.add_category")}
            onAdd={(name) => post("/api/skill-categories", { name })}
            onDone={() => act(async () => undefined)}
          />
          <p className="hint">{t("routing.category_hint")}</p>
        </>
      )}
    </section>
  );
}

function AddLanguage({ known }: { known: readonly Skill[] }) {
  const languages = useQuery(languagesQuery).data ?? [];
  const act = useAct();
  const items = languages
    .filter(({ code }) => !known.some((one) => one.language === code))
    .map(({ code }) => ({ id: code, label: languageName(code) }))
    .toSorted((one, other) => one.label.localeCompare(other.label));
  const label = t("routing.add_language");
  return (
    <Popover
      label={label}
      className="btn ghost s"
      trigger={
        <>
          <Plus />
          {label}
        </>
      }
    >
      {(close) => (
        <Suspense fallback={<KeepKeys onEscape={close} />}>
          <Picker
            label={label}
            placeholder={t("routing.choose_language")}
            items={items}
            onChoose={({ id }) => {
              close();
              void act(() => post("/api/skills", { language: id }));
            }}
          />
        </Suspense>
      )}
    </Popover>
  );
}

function CategoryCard({ category, skills }: { category: SkillCategory; skills: readonly Skill[] }) {
  const act = useAct();
  const rename = useRename(`/api/skill-categories/${category.id}`, category.name);
  const again = () => void act(() => post("/api/skill-categories", { name: category.name }));
  const drop = () =>
    void act(
      () => remove(`/api/skill-categories/${category.id}`),
      t("routing.category_deleted", { name: category.name }),
      again,
    );
  return (
    <section className="card teamcard" aria-label={category.name}>
      <header>
        <SkillName level="h3" name={category.name} onRename={rename} />
        <IconButton label={t("routing.delete_skill", { name: category.name })} onClick={drop}>
          <Trash2 />
        </IconButton>
      </header>
      {skills.map((one) => (
        <SkillRow key={one.id} skill={one} />
      ))}
      <AddNamed
        label={t("routing.new_skill", { category: category.name })}
        button={t("routing.add_skill")}
        onAdd={(name) => post("/api/skills", { category_id: category.id, name })}
        onDone={() => act(async () => undefined)}
      />
    </section>
  );
}

function SkillRow({ skill }: { skill: Skill }) {
  const users = useQuery(usersQuery).data ?? [];
  const client = useQueryClient();
  const act = useAct();
  const name = skillName(skill);
  const path = `/api/skills/${skill.id}`;
  const rename = useRename(path, name);
  const { people } = skill;
  const save = (change: ReturnType<typeof withBearer>, back: typeof change) =>
    void saveBearers(client, skill.id, change)
      .then(() =>
        toast(t("routing.saved_skill", { name }), () => void saveBearers(client, skill.id, back).catch(toastError)),
      )
      .catch(toastError);
  const body = skill.language ? { language: skill.language } : { category_id: skill.category_id, name: skill.name };
  const drop = () =>
    void act(
      () => remove(path),
      t("routing.skill_deleted", { name }),
      () => void act(() => post("/api/skills", body)),
    );
  const members = (isMain: boolean) =>
    people
      .filter((one) => one.is_main === isMain)
      .map((one) => users.find((user) => user.id === one.user_id))
      .filter((one) => one !== undefined)
      .map(memberOf);
  const others = users
    .filter((user) => user.status !== "deactivated" && !people.some((one) => one.user_id === user.id))
    .map(memberOf);
  const list = (isMain: boolean, label: string, hint?: string) => (
    <Members
      label={label}
      hint={hint}
      addLabel={t("routing.add_person")}
      chosen={members(isMain)}
      others={others}
      onAdd={(id) => {
        const added = { user_id: id, is_main: isMain };
        save(withBearer(added), withoutBearer(added));
      }}
      onRemove={(id) => {
        const gone = { user_id: id, is_main: isMain };
        save(withoutBearer(gone), withBearer(gone));
      }}
    />
  );
  return (
    <div className="skillrow" role="group" aria-label={name}>
      <div className="skillhead">
        <SkillName level="h4" name={name} onRename={skill.language ? undefined : rename} />
        <IconButton label={t("routing.delete_skill", { name })} onClick={drop}>
          <Trash2 />
        </IconButton>
      </div>
      {skill.language ? (
        <>
          {list(true, t("routing.main_language"), t("routing.main_language_hint"))}
          {list(false, t("routing.also_language"), t("routing.also_language_hint"))}
        </>
      ) : (
        list(true, t("routing.people_of"))
      )}
    </div>
  );
}

interface AddNamedProps {
  label: string;
  button: string;
  onAdd: (name: string) => Promise<unknown>;
  onDone: () => Promise<void>;
}

function AddNamed({ label, button, onAdd, onDone }: AddNamedProps) {
  const [name, setName] = useState("");
  const [error, setError] = useState<string | null>(null);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      await onAdd(name);
      setName("");
    } catch (problem) {
      setError(sentence(problem));
    }
    await onDone();
  };
  return (
    <form className="inlineform" onSubmit={add}>
      <Field
        label={label}
        required
        maxLength={60}
        value={name}
        error={error}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit">{button}</Button>
    </form>
  );
}
