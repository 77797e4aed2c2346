/* Below what went wrong, folded: what finds it in the log. Not in the sentence, which is for whoever reads it (UI.md, section 6). */
import { useState } from "react";
import { Problem } from "../api/client";
import { announce } from "./announce";
import { Button } from "./Button";
import { copyText } from "./copyText";
import { t } from "./i18n";

/** The number of the request, and what the server called it. undefined where there is nothing to find: no answer came, or it is no error of ours. */
export function detailsOf(error: unknown): string | undefined {
  if (!(error instanceof Problem) || !error.body.request_id) return undefined;
  const kind = [error.status, error.code, error.field].filter(Boolean).join(" ");
  return `${t("problem.request", { id: error.body.request_id })}\n${kind}\n${error.at.toISOString()}`;
}

export function Details({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    announce(t("common.copied"));
  };
  return (
    <details className="problemdetails">
      <summary>{t("problem.details")}</summary>
      <pre>{text}</pre>
      <Button size="xs" onClick={() => void copy()}>
        {isCopied ? t("common.copied") : t("common.copy")}
      </Button>
    </details>
  );
}
