/* The raw original of a message, to look at: what was found about its sender, its header lines, and the bytes as text. */
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { get } from "../../api/client";
import type { Message, Original } from "../../api/types";
import { CopyField } from "../../ui/CopyField";
import { Dialog } from "../../ui/Dialog";
import { fileSize } from "../../ui/format";
import { t, tOr } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";

const CHECKS = ["spf", "dkim", "dmarc"];

export default function Source({ message, onClose }: { message: Message; onClose: () => void }) {
  const [part, setPart] = useState<"headers" | "source">("headers");
  const original = useQuery({
    queryKey: ["original", message.id],
    queryFn: () => get<Original>(`/api/messages/${message.id}/original`),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const found = original.data;
  const shown = found?.headers.length ? part : "source";
  return (
    <Dialog title={t("source.title")} onClose={onClose} isWide>
      <div className="source">
        {original.isError ? <Failed error={original.error} onRetry={() => void original.refetch()} /> : null}
        {original.isPending ? <Skeleton rows={6} shape="line" /> : null}
        {found ? (
          <>
            <div className="row">
              <p className="grow">
                {found.origin.word ? tOr(`origin.${String(found.origin.word)}`, String(found.origin.word)) : null}{" "}
                {CHECKS.filter((name) => found.origin[name]).map((name) => (
                  <span key={name} className={`chip s ${wordClass(String(found.origin[name]))}`}>
                    {`${name.toUpperCase()}: ${tOr(`check.${String(found.origin[name])}`, String(found.origin[name]))}`}
                  </span>
                ))}
              </p>
              <a className="btn s" href={`/api/messages/${message.id}/source`} download={found.name}>
                <Download className="mid" />
                {t("source.download", { name: found.name, size: fileSize(found.size) })}
              </a>
            </div>
            {found.headers.length ? (
              <div className="segments" role="tablist" aria-label={t("source.title")}>
                {(["headers", "source"] as const).map((name) => (
                  <button
                    key={name}
                    type="button"
                    role="tab"
                    aria-selected={part === name}
                    className="tab"
                    onClick={() => setPart(name)}
                  >
                    {t(name === "headers" ? "source.headers" : "source.raw")}
                  </button>
                ))}
              </div>
            ) : null}
            {shown === "headers" ? (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled is reached by keyboard
              <section className="sourcetext" tabIndex={0} aria-label={t("source.headers")}>
                <dl>
                  {found.headers.map((one, index) => (
                    <div key={`${String(index)} ${one.name}`}>
                      <dt>{one.name}</dt>
                      <dd dir="auto">{one.value}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ) : (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled is reached by keyboard
              <section className="sourcetext" tabIndex={0} aria-label={t("source.raw")}>
                <pre dir="auto">{found.text}</pre>
                {found.is_cut ? <p className="muted">{t("source.cut", { size: fileSize(found.size) })}</p> : null}
              </section>
            )}
            {message.external_id ? <CopyField label={t("source.id")} value={message.external_id} /> : null}
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

const wordClass = (word: string) => (word === "pass" ? "ok" : word === "fail" ? "bad" : "");
