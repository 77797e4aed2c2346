import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, remove } from "../../api/client";
import { keys, tokensQuery } from "../../api/queries";
import type { FreshToken } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { Field } from "../../ui/Field";
import { day } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";
import { toastError } from "../../ui/toasts";

/** Tokens for scripts. A new one is shown once. */
export function Tokens() {
  const client = useQueryClient();
  const tokens = useQuery({ ...tokensQuery, staleTime: 0 });
  const [name, setName] = useState("");
  const [made, setMade] = useState<FreshToken | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keys.tokens });
  const create = async (event: FormEvent) => {
    event.preventDefault();
    try {
      setMade(await post<FreshToken>("/api/tokens", { name: name.trim() }));
      setName("");
      await refresh();
    } catch (problem) {
      toastError(problem);
    }
  };
  const revoke = (id: string) =>
    remove(`/api/tokens/${id}`)
      .then(refresh)
      .catch((problem) => toastError(problem));
  return (
    <div className="narrow">
      <h1>{t("settings.tokens")}</h1>
      <p className="soft">{t("tokens.lead")}</p>
      <h2>{t("tokens.new")}</h2>
      <form className="inlineform" onSubmit={create}>
        <Field label={t("tokens.name")} required value={name} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" look="primary">
          {t("tokens.create")}
        </Button>
      </form>
      {made ? (
        <CopyField label={t("tokens.made", { name: made.name })} value={made.token} hint={t("tokens.once")} />
      ) : null}
      {tokens.isPending ? <Skeleton rows={2} shape="row" /> : null}
      {tokens.isError ? <Failed error={tokens.error} onRetry={() => void tokens.refetch()} /> : null}
      {tokens.data?.length ? (
        <>
          <h2>{t("tokens.existing")}</h2>
          <ul className="card rowlist">
            {tokens.data.map((one) => (
              <li key={one.id}>
                <div className="grow">
                  <p className="mid">{one.name}</p>
                  <p className="small-text muted">{t("tokens.created", { day: day(one.created_at) })}</p>
                </div>
                <Button
                  size="s"
                  onClick={() => void revoke(one.id)}
                  aria-label={t("tokens.revoke_one", { name: one.name })}
                >
                  {t("tokens.revoke")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
