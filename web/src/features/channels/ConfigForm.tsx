import { Fragment, type ReactNode, useState } from "react";
import type { ChannelAccount } from "../../api/types";
import { Field, Select, Switch, TextArea } from "../../ui/Field";
import { t } from "../../ui/i18n";
import { PasswordField } from "../session/PasswordField";
import { Cards } from "./Cards";
import { MarkupField } from "./MarkupField";
import { OfferedAddress } from "./OfferedAddress";
import type { FormField, Value, Values } from "./schema";
import { holds, isAdvanced, isShown } from "./schema";
import "./config.css";

interface Props {
  fields: FormField[];
  values: Values;
  onChange: (name: string, value: Value) => void;
  /** The field the server complained about, and its sentence. */
  problem?: { field: string; text: string } | null;
  /** Editing: an empty secret means "as it is". */
  hasSecrets?: boolean;
  /** Secrets that were typed and are not there any more. */
  lost?: string[];
  /** What it is of, where that is connected already. */
  account?: ChannelAccount;
  /** What stands below a field. */
  notes?: Record<string, ReactNode>;
  onLeave?: (name: string) => void;
}

/** Fields drawn from a channel's own description of its settings. */
export function ConfigForm({ fields, values, problem, notes, lost, ...rest }: Props) {
  const shown = fields.filter((field) => isShown(field, values));
  const plain = shown.filter((field) => !isAdvanced(field, values));
  const advanced = shown.filter((field) => isAdvanced(field, values));
  // It stays as it begins: what is lost is so no more with the first letter.
  const [isOpen] = useState(() => advanced.some((field) => lost?.includes(field.name)));
  const one = (field: FormField) => (
    <OneField
      key={field.name}
      field={field}
      value={values[field.name] ?? field.initial}
      hint={holds(field.hintIf, values) ? field.description || undefined : undefined}
      mayBeOther={field.otherIf !== null && holds(field.otherIf, values)}
      error={problem && problem.field.split(".").pop() === field.name ? problem.text : null}
      isLost={lost?.includes(field.name)}
      {...rest}
    />
  );
  // A server and its port are one thing; two such things, or two texts, stand side by side where there is room.
  const listOf = (field: FormField) => (plain.includes(field) ? plain : advanced);
  const besideOf = (field: FormField) => listOf(field).filter((other) => other.beside === field.name);
  const withPort = (field: FormField) => {
    const ports = besideOf(field).filter((other) => other.control === "number");
    return ports.length ? (
      <div className="withport" key={field.name}>
        {one(field)}
        {ports.map(one)}
      </div>
    ) : (
      one(field)
    );
  };
  const row = (field: FormField) => {
    const others = besideOf(field).filter((other) => other.control !== "number");
    return (
      <Fragment key={field.name}>
        {others.length ? (
          <div className="two">
            {withPort(field)}
            {others.map(withPort)}
          </div>
        ) : (
          withPort(field)
        )}
        {[field, ...others].map((told) => (
          <Fragment key={told.name}>{notes?.[told.name]}</Fragment>
        ))}
      </Fragment>
    );
  };
  const rows = (list: FormField[]) =>
    list.filter((field) => !list.some((other) => other.name === field.beside)).map(row);
  return (
    <>
      {rows(plain)}
      {advanced.length ? (
        <details
          className="advanced"
          open={isOpen || advanced.some((field) => problem?.field.endsWith(field.name)) || undefined}
        >
          <summary>{t("connect.advanced")}</summary>
          <div className="fields">{rows(advanced)}</div>
        </details>
      ) : null}
    </>
  );
}

interface OneProps {
  field: FormField;
  value: Value;
  hint: string | undefined;
  mayBeOther: boolean;
  error: string | null;
  /** It was typed, and is a secret that is not kept. */
  isLost?: boolean;
  onChange: (name: string, value: Value) => void;
  hasSecrets?: boolean;
  account?: ChannelAccount;
  onLeave?: (name: string) => void;
}

function OneField({ field, value, hint, mayBeOther, error, isLost, onChange, hasSecrets, account, onLeave }: OneProps) {
  const text = value === null ? "" : String(value);
  const isUsualZero = field.usual !== "" && field.control === "number";
  const common = {
    label: field.title,
    hint,
    error,
    required: field.isRequired,
    name: field.name,
  };
  switch (field.control) {
    case "switch":
      return (
        <Switch
          {...common}
          required={false}
          checked={value === true}
          onChange={(e) => onChange(field.name, e.target.checked)}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          value={text}
          onChange={(event) => {
            const chosen = field.choices.find((choice) => String(choice.value) === event.target.value);
            if (chosen) onChange(field.name, chosen.value);
          }}
        >
          {field.choices.map((choice) => (
            <option key={String(choice.value)} value={String(choice.value)}>
              {choice.label}
            </option>
          ))}
        </Select>
      );
    case "password":
      return (
        <PasswordField
          label={field.title}
          hint={hasSecrets ? t("connect.secret_kept") : common.hint}
          error={error ?? (isLost ? t("unsaved.secret_again") : null)}
          autoComplete="off"
          required={field.isRequired && !hasSecrets}
          value={text}
          onChange={(typed) => onChange(field.name, typed)}
        />
      );
    case "cards":
      return <Cards {...common} field={field} value={text} onChange={onChange} />;
    case "html":
      return (
        <MarkupField field={field} error={error} value={text} onChange={(markup) => onChange(field.name, markup)} />
      );
    case "offered":
      return account ? (
        <OfferedAddress
          account={account}
          field={field}
          value={text}
          mayBeOther={mayBeOther}
          error={error}
          onChange={(address) => onChange(field.name, address)}
        />
      ) : null;
    case "long":
      return <TextArea {...common} value={text} onChange={(event) => onChange(field.name, event.target.value)} />;
    default:
      return (
        <Field
          {...common}
          type={field.control === "number" ? "number" : "text"}
          min={field.minimum}
          max={field.maximum}
          placeholder={field.usual || field.example}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={isUsualZero && Number(text) === 0 ? "" : text}
          onChange={({ target }) => onChange(field.name, isUsualZero && target.value === "" ? 0 : target.value)}
          onBlur={() => onLeave?.(field.name)}
        />
      );
  }
}
