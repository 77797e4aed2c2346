/* The address that answers come from, among those that the server offers for this connection. Where there is but one, there is nothing to choose. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { keys } from "../../api/queries";
import type { ChannelAccount, Page } from "../../api/types";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import type { FormField } from "./schema";
import "./offered.css";

interface Props {
  account: ChannelAccount;
  field: FormField;
  /** "": the connection's own. */
  value: string;
  /** One that is not offered may be typed: its server is asked about it. */
  mayBeOther: boolean;
  error: string | null;
  onChange: (address: string) => void;
}

export function OfferedAddress({ account, field, value, mayBeOther, error, onChange }: Props) {
  const offered = useQuery({
    queryKey: keys.fromAddresses(account.id),
    queryFn: () => get<Page<string>>(`/api/channel-accounts/${account.id}/from-addresses`).then((page) => page.items),
    staleTime: 60_000,
    retry: false,
  });
  const [own = account.address, ...others] = offered.data ?? [];
  // What was chosen and is not offered any more stands there until another is chosen.
  const isUnknown = value !== "" && value !== own && !others.includes(value);
  const isGone = isUnknown && !mayBeOther;
  const [isOther, setOther] = useState(isUnknown && mayBeOther);
  if (!error && !isGone && !others.length && !offered.isError && !mayBeOther) return null;
  return (
    <fieldset className="accesslist offered" aria-describedby={error ? `${field.name}-error` : undefined}>
      <legend className="label">{field.title}</legend>
      {[own, ...others, ...(isGone ? [value] : [])].map((address) => (
        <label key={address} className="pick">
          <input
            type="radio"
            name={`${field.name} ${account.id}`}
            checked={!isOther && (value || own) === address}
            onChange={() => {
              setOther(false);
              onChange(address === own ? "" : address);
            }}
          />
          <span className="grow">
            {address}
            {isGone && address === value && offered.data ? (
              <span className="block small-text muted">{t("connect.not_offered")}</span>
            ) : null}
          </span>
        </label>
      ))}
      {mayBeOther ? (
        <label className="pick">
          <input type="radio" name={`${field.name} ${account.id}`} checked={isOther} onChange={() => setOther(true)} />
          <span className="grow">{t("connect.other_address")}</span>
        </label>
      ) : null}
      {mayBeOther && isOther ? (
        <Field
          label={t("connect.other_address_label")}
          hint={t("connect.other_address_hint")}
          inputMode="email"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={value}
          error={error}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : error || offered.isError ? (
        <p className="hint error" id={`${field.name}-error`} role="alert">
          {error ?? sentence(offered.error)}
        </p>
      ) : null}
      <p className="hint">{field.description}</p>
    </fieldset>
  );
}
