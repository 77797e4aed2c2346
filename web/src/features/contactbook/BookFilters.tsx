/* What narrows the book, each as a chip that can be taken away, and the form that adds one. */
import { useQuery } from "@tanstack/react-query";
import { ListFilter, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { channelAccountsQuery, contactPropertiesQuery, usersQuery } from "../../api/queries";
import type { ContactProperty } from "../../api/types";
import { Button } from "../../ui/Button";
import { Field, Select } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { Popover } from "../../ui/Popover";
import { WhenField } from "../../ui/WhenField";
import type { BookSearch } from "./book";

interface Props {
  search: BookSearch;
  onChange: (part: Partial<BookSearch>) => void;
}

export function BookFilters({ search, onChange }: Props) {
  const users = useQuery(usersQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const owner = () => {
    if (search.owner === "me") return t("filter.me");
    if (search.owner === "nobody") return t("assign.nobody");
    return users.find((one) => one.id === search.owner)?.name ?? "?";
  };
  const property = properties.find((one) => one.key === search.property);
  const chips: { words: string; without: Partial<BookSearch> }[] = [];
  if (search.owner) chips.push({ words: t("book.owner_is", { name: owner() }), without: { owner: undefined } });
  if (search.channel) {
    const name = accounts.find((one) => one.id === search.channel)?.name ?? "?";
    chips.push({ words: t("book.wrote_to", { name }), without: { channel: undefined } });
  }
  if (search.open)
    chips.push({
      words: t(search.open === "true" ? "book.has_open" : "book.has_no_open"),
      without: { open: undefined },
    });
  if (search.blocked)
    chips.push({
      words: t(search.blocked === "true" ? "book.blocked" : "book.not_blocked"),
      without: { blocked: undefined },
    });
  if (search.property && search.value)
    chips.push({
      words: t("book.property_is", { name: property?.label ?? search.property, value: search.value }),
      without: { property: undefined, value: undefined },
    });
  return (
    <>
      {chips.length ? (
        <ul className="bookchips" aria-label={t("filter.active")}>
          {chips.map((chip) => (
            <li key={chip.words} className="chip">
              <span className="cut">{chip.words}</span>
              <button
                type="button"
                aria-label={t("filter.remove", { name: chip.words })}
                onClick={() => onChange(chip.without)}
              >
                <X className="small" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <Popover
        label={t("book.filter")}
        className="btn s"
        trigger={
          <>
            <ListFilter className="mid" />
            {t("book.filter")}
          </>
        }
      >
        {(close) => <FilterForm search={search} onChange={onChange} onClose={close} properties={properties} />}
      </Popover>
    </>
  );
}

interface FormProps extends Props {
  properties: readonly ContactProperty[];
  onClose: () => void;
}

function FilterForm({ search, onChange, onClose, properties }: FormProps) {
  const users = useQuery(usersQuery).data ?? [];
  const accounts = useQuery(channelAccountsQuery).data ?? [];
  const [key, setKey] = useState(search.property ?? "");
  const [value, setValue] = useState(search.value ?? "");
  const property = properties.find((one) => one.key === key);
  const narrow = (event: FormEvent) => {
    event.preventDefault();
    onChange({
      property: value.trim() ? key || undefined : undefined,
      value: key ? value.trim() || undefined : undefined,
    });
    onClose();
  };
  return (
    <form className="bookfilter" onSubmit={narrow}>
      <Select
        label={t("contact.owner")}
        value={search.owner ?? ""}
        onChange={({ target }) => onChange({ owner: target.value || undefined })}
      >
        <option value="">{t("people.any")}</option>
        <option value="me">{t("filter.me")}</option>
        <option value="nobody">{t("assign.nobody")}</option>
        {users
          .filter((one) => one.is_active)
          .map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
      </Select>
      <Select
        label={t("book.channel")}
        value={search.channel ?? ""}
        onChange={({ target }) => onChange({ channel: target.value || undefined })}
      >
        <option value="">{t("people.any")}</option>
        {accounts.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </Select>
      <Select
        label={t("book.open")}
        value={search.open ?? ""}
        onChange={({ target }) => onChange({ open: (target.value || undefined) as BookSearch["open"] })}
      >
        <option value="">{t("people.any")}</option>
        <option value="true">{t("book.has_open")}</option>
        <option value="false">{t("book.has_no_open")}</option>
      </Select>
      <Select
        label={t("book.blocked")}
        value={search.blocked ?? ""}
        onChange={({ target }) => onChange({ blocked: (target.value || undefined) as BookSearch["blocked"] })}
      >
        <option value="">{t("people.any")}</option>
        <option value="true">{t("property.yes")}</option>
        <option value="false">{t("property.no")}</option>
      </Select>
      {properties.length ? (
        <Select label={t("book.property")} value={key} onChange={({ target }) => setKey(target.value)}>
          <option value="">{t("people.any")}</option>
          {properties.map((one) => (
            <option key={one.key} value={one.key}>
              {one.label}
            </option>
          ))}
        </Select>
      ) : null}
      {property ? <ValueChoice property={property} value={value} onChange={setValue} /> : null}
      <Button type="submit" look="primary" size="s">
        {t("book.show")}
      </Button>
    </form>
  );
}

interface ValueProps {
  property: ContactProperty;
  value: string;
  onChange: (value: string) => void;
}

function ValueChoice({ property, value, onChange }: ValueProps) {
  const label = t("book.value");
  const options =
    property.type === "boolean"
      ? [
          { value: "yes", words: t("property.yes") },
          { value: "no", words: t("property.no") },
        ]
      : property.options.map((one) => ({ value: one, words: one }));
  if (property.type === "date")
    return <WhenField label={label} day="past" value={value} onChange={(day) => day !== null && onChange(day)} />;
  if (!options.length) return <Field label={label} value={value} onChange={({ target }) => onChange(target.value)} />;
  return (
    <Select label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{t("people.any")}</option>
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.words}
        </option>
      ))}
    </Select>
  );
}
