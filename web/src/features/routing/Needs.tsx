/* Which conversations need a skill: by words of the subject, a property of the contact, or the channel. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { post, remove } from "../../api/client";
import { channelAccountsQuery, contactPropertiesQuery, keys } from "../../api/queries";
import { Button, IconButton } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { Failed, sentence } from "../../ui/States";
import { toast, toastError } from "../../ui/toasts";
import { type NewSkillNeed, needsQuery, type Skill, type SkillNeed, skillName } from "./skills";

type Source = SkillNeed["source"];

const SOURCES: Record<Source, MessageId> = {
  subject: "routing.source_subject",
  contact: "routing.source_contact",
  channel_account: "routing.source_channel_account",
};

export function Needs({ skills }: { skills: readonly Skill[] }) {
  const client = useQueryClient();
  const needs = useQuery(needsQuery);
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const renew = () => client.invalidateQueries({ queryKey: keys.skills });
  const words = (need: SkillNeed) => {
    if (need.source === "subject") return t("routing.need_subject", { value: need.value });
    if (need.source === "channel_account")
      return t("routing.need_channel", {
        name: accounts.find((one) => one.id === need.channel_account_id)?.name ?? "",
      });
    const property = properties.find((one) => one.key === need.property)?.label ?? need.property ?? "";
    return t("routing.need_contact", { property, value: need.value });
  };
  const nameOf = (id: string) => {
    const skill = skills.find((one) => one.id === id);
    return skill ? skillName(skill) : "";
  };
  const drop = async ({ id, ...need }: SkillNeed) => {
    try {
      await remove(`/api/skill-needs/${id}`);
      const back = () =>
        void post("/api/skill-needs", need)
          .catch((problem) => toastError(problem))
          .then(renew);
      toast(t("routing.need_removed", { skill: nameOf(need.skill_id) }), back);
    } catch (problem) {
      toastError(problem);
    }
    await renew();
  };
  return (
    <section aria-label={t("routing.needs")}>
      <h2>{t("routing.needs")}</h2>
      <p className="soft">{t("routing.needs_hint")}</p>
      {needs.isError ? <Failed error={needs.error} onRetry={() => void needs.refetch()} /> : null}
      {needs.data && !needs.data.length ? <p className="muted">{t("routing.needs_none")}</p> : null}
      {needs.data?.length ? (
        <ul className="rowlist card">
          {needs.data.map((one) => (
            <li key={one.id}>
              <p className="grow" dir="auto">
                {words(one)} <b>{t("routing.need_of", { skill: nameOf(one.skill_id) })}</b>
              </p>
              <IconButton label={t("routing.remove_need", { name: words(one) })} onClick={() => void drop(one)}>
                <X />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
      <NewNeed skills={skills} onAdded={renew} />
    </section>
  );
}

function NewNeed({ skills, onAdded }: { skills: readonly Skill[]; onAdded: () => Promise<unknown> }) {
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const [source, setSource] = useState<Source>("subject");
  const [skill, setSkill] = useState("");
  const [value, setValue] = useState("");
  const [property, setProperty] = useState("");
  const [account, setAccount] = useState("");
  const [error, setError] = useState<string | null>(null);
  const chosen = properties.find((one) => one.key === property) ?? properties[0];
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    const need: NewSkillNeed = {
      skill_id: skills.some((one) => one.id === skill) ? skill : (skills[0]?.id ?? ""),
      source,
      value: source === "channel_account" ? "" : value,
    };
    if (source === "channel_account") need.channel_account_id = account || accounts[0]?.id;
    if (source === "contact") need.property = chosen?.key;
    try {
      await post("/api/skill-needs", need);
      setValue("");
    } catch (problem) {
      setError(sentence(problem));
    }
    await onAdded();
  };
  return (
    <form className="needform" aria-label={t("routing.needs")} onSubmit={add}>
      <Select label={t("routing.source")} value={source} onChange={(event) => setSource(event.target.value as Source)}>
        {Object.entries(SOURCES).map(([one, name]) => (
          <option key={one} value={one}>
            {t(name)}
          </option>
        ))}
      </Select>
      {source === "channel_account" ? (
        <Choice label={t("routing.channel")} value={account} onChange={setAccount} items={accounts} />
      ) : null}
      {source === "contact" ? (
        <Choice
          label={t("routing.property")}
          hint={properties.length ? undefined : t("routing.no_properties")}
          value={chosen?.key ?? ""}
          onChange={setProperty}
          items={properties.map((one) => ({ id: one.key, name: one.label }))}
        />
      ) : null}
      {source === "contact" && chosen?.options.length ? (
        <Choice
          label={t("routing.value")}
          value={value}
          onChange={setValue}
          items={["", ...chosen.options].map((one) => ({ id: one, name: one }))}
        />
      ) : source === "channel_account" ? null : (
        <Field
          label={t(source === "subject" ? "routing.words" : "routing.value")}
          hint={
            source === "subject"
              ? t("routing.words_hint")
              : chosen?.type === "boolean"
                ? t("routing.yes_value")
                : undefined
          }
          required
          maxLength={100}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      )}
      <Choice
        label={t("routing.needs_skill")}
        value={skill}
        onChange={setSkill}
        items={skills.map((one) => ({ id: one.id, name: skillName(one) }))}
      />
      <Button type="submit">{t("routing.add_need")}</Button>
      {error ? (
        <p className="hint error" role="alert">
          {error}
        </p>
      ) : null}
    </form>
  );
}

interface ChoiceProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (id: string) => void;
  items: readonly { id: string; name: string }[];
}

const Choice = ({ items, onChange, ...select }: ChoiceProps) => (
  <Select {...select} onChange={(event) => onChange(event.target.value)}>
    {items.map((one) => (
      <option key={one.id} value={one.id}>
        {one.name}
      </option>
    ))}
  </Select>
);
