import type { ReactNode } from "react";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";

interface Props {
  limit: number;
  length: number;
  /** How many fields of a snippet nobody has filled in. */
  fields: number;
  /** The toolbar, and the button that sends. */
  children: [ReactNode, ReactNode];
}

export function ComposeBar({ limit, length, fields, children }: Props) {
  const [tools, button] = children;
  return (
    <div className="composebar">
      {tools}
      <span className="grow" />
      {fields > 0 ? <span className="hint">{t("composer.fields", { count: fields })}</span> : null}
      {limit > 0 && length > limit * 0.8 ? (
        <span className={`hint num ${length > limit ? "error" : ""}`}>
          {t("composer.length", { length: number(length), limit: number(limit) })}
        </span>
      ) : null}
      {button}
    </div>
  );
}
