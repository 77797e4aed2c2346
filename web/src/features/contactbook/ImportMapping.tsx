/* What each column of the table holds, beside its first rows; how it is read; and what becomes of contacts that are known already. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import { contactPropertiesQuery } from "../../api/queries";
import type { ContactImport } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { type MessageId, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { Again, importKey } from "./importing";

const TARGETS: [string, MessageId][] = [
  ["name", "contact.name"],
  ["first_name", "import.first_name"],
  ["last_name", "import.last_name"],
  ["email", "book.email"],
  ["phone", "book.phone"],
  ["owner", "import.owner"],
];
const DELIMITERS: [string, MessageId][] = [
  [",", "import.comma"],
  [";", "import.semicolon"],
  ["\t", "import.tab"],
  ["|", "import.bar"],
];
const ENCODINGS: [string, string][] = [
  ["utf-8", "UTF-8"],
  ["utf-16", "UTF-16"],
  ["windows-1252", "Windows-1252"],
];

export function ImportMapping({ table }: { table: ContactImport }) {
  const client = useQueryClient();
  const properties = useQuery(contactPropertiesQuery).data ?? [];
  const [mapping, setMapping] = useState(table.mapping);
  const [picked, setPicked] = useState<string | null>(null);
  const match = picked ?? ["email", "phone"].find((one) => mapping.includes(one)) ?? "none";
  const [onMatch, setOnMatch] = useState("update");
  const [wrong, setWrong] = useState<{ path: string; text: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (path: "read" | "start", body: unknown) => {
    setBusy(true);
    setWrong(null);
    try {
      const after = await post<ContactImport>(`/api/contact-imports/${table.id}/${path}`, body);
      client.setQueryData(importKey(table.id), after);
      if (path === "read") setMapping(after.mapping);
    } catch (problem) {
      setWrong({ path, text: sentence(problem) });
    }
    setBusy(false);
  };
  const encoding = table.encoding.startsWith("utf-16") ? "utf-16" : table.encoding;
  return (
    <>
      <p className="soft importname">
        {table.name} · {t("import.rows", { count: table.row_count })}
      </p>
      <h2>{t("import.step_read")}</h2>
      <p className="soft">{t("import.read_hint")}</p>
      <div className="importreading">
        <Select
          label={t("import.encoding")}
          value={encoding}
          disabled={isBusy}
          onChange={({ target }) => void act("read", { encoding: target.value, delimiter: table.delimiter })}
        >
          {ENCODINGS.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </Select>
        <Select
          label={t("import.delimiter")}
          value={table.delimiter}
          disabled={isBusy}
          onChange={({ target }) => void act("read", { encoding: table.encoding, delimiter: target.value })}
        >
          {DELIMITERS.map(([id, label]) => (
            <option key={id} value={id}>
              {t(label)}
            </option>
          ))}
        </Select>
      </div>
      <Wrong text={wrong?.path === "read" ? wrong.text : null} />
      <Sample table={table} />
      <h2>{t("import.step_columns")}</h2>
      <div className="card importcolumns">
        <table className="sidebyside">
          <caption className="sr">{t("import.step_columns")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("import.column")}</th>
              <th scope="col">{t("import.holds")}</th>
              <th scope="col">{t("import.first_rows")}</th>
            </tr>
          </thead>
          <tbody>
            {table.columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand, and two may have the same name
              <tr key={`${index} ${column}`}>
                <th scope="row">{column}</th>
                <td>
                  <span className="input select">
                    <select
                      aria-label={t("import.holds_of", { column })}
                      value={mapping[index] ?? ""}
                      onChange={({ target }) => {
                        setWrong(null);
                        setMapping(table.columns.map((_, at) => (at === index ? target.value : (mapping[at] ?? ""))));
                      }}
                    >
                      <option value="">{t("import.nothing")}</option>
                      {TARGETS.map(([id, label]) => (
                        <option key={id} value={id}>
                          {t(label)}
                        </option>
                      ))}
                      {properties.map((one) => (
                        <option key={one.key} value={`property:${one.key}`}>
                          {one.label}
                        </option>
                      ))}
                    </select>
                  </span>
                </td>
                <td className="muted small-text" dir="auto">
                  {table.sample
                    .map((row) => row[index])
                    .filter(Boolean)
                    .slice(0, 3)
                    .join(" · ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h2>{t("import.step_match")}</h2>
      <div className="importreading">
        <Select
          label={t("import.match")}
          value={match}
          onChange={({ target }) => {
            setWrong(null);
            setPicked(target.value);
          }}
        >
          <option value="email">{t("book.email")}</option>
          <option value="phone">{t("book.phone")}</option>
          <option value="none">{t("import.match_none")}</option>
        </Select>
        {match === "none" ? null : (
          <Select label={t("import.on_match")} value={onMatch} onChange={({ target }) => setOnMatch(target.value)}>
            <option value="update">{t("import.update")}</option>
            <option value="skip">{t("import.skip")}</option>
          </Select>
        )}
      </div>
      <Wrong text={wrong?.path === "start" ? wrong.text : null} />
      <p className="row importfile">
        <Button
          look="primary"
          isBusy={isBusy}
          onClick={() =>
            void act("start", { mapping: table.columns.map((_, at) => mapping[at] ?? ""), match, on_match: onMatch })
          }
        >
          {t("import.start", { count: table.row_count })}
        </Button>
        <Again />
      </p>
    </>
  );
}

/** Its first rows; wide ones are scrolled, by keyboard too. */
function Sample({ table }: { table: ContactImport }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard (WCAG 2.1.1)
    <section className="card importcolumns" aria-label={t("import.first_rows")} tabIndex={0}>
      <table className="importsample">
        <caption className="sr">{t("import.step_read")}</caption>
        <thead>
          <tr>
            {table.columns.map((column, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand, and two may have the same name
              <th key={at} scope="col" dir="auto">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.sample.map((row, nth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows stand where they stand
            <tr key={nth}>
              {table.columns.map((_, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={at} dir="auto">
                  {row[at]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Wrong({ text }: { text: string | null }) {
  return text ? (
    <p className="hint error" role="alert">
      {text}
    </p>
  ) : null;
}
