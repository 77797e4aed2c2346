import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { announce } from "./announce";
import { IconButton } from "./Button";
import { copyText } from "./copyText";
import { Field } from "./Field";
import { t } from "./i18n";

/** A value to take along: selected by a click, copied by the button. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(value))) return;
    setCopied(true);
    announce(t("common.copied"));
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <Field
      label={label}
      hint={hint}
      readOnly
      value={value}
      className="mono"
      onFocus={(event) => event.target.select()}
      after={
        <IconButton label={isCopied ? t("common.copied") : t("common.copy")} onClick={() => void copy()}>
          {isCopied ? <Check /> : <Copy />}
        </IconButton>
      }
    />
  );
}
