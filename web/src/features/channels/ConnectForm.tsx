import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { get, post } from "../../api/client";
import { inboxesQuery, keys, sessionQuery } from "../../api/queries";
import type { Channel, ChannelAccount, Id } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { locale, t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { ConfigForm } from "./ConfigForm";
import { fieldAt } from "./fieldAt";
import { SignInSteps } from "./SignInSteps";
import { beginning, configOf, fieldsOf, type Values } from "./schema";
import { signInFor, useSignIn } from "./signIn";
import { useSuggestions } from "./suggestions";

interface Props {
  channel: Channel;
  inboxId?: Id;
  onDone: (made: ChannelAccount) => void;
}

/** Connects the first channel account with as little as it takes; what else there is to set begins as usual, and stands in the settings. */
export function ConnectForm({ channel, inboxId, onDone }: Props) {
  const client = useQueryClient();
  const inboxes = useQuery(inboxesQuery).data ?? [];
  const own = useQuery(sessionQuery).data?.account.name ?? "";
  const fields = useMemo(() => fieldsOf(channel.config_schema).filter((one) => !one.step || one.brand), [channel]);
  const [values, setValues] = useState<Values>({});
  const [inbox, setInbox] = useState(inboxId);
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const filled = {
    ...beginning(fields, { name: own, language: locale() }),
    ...values,
  };
  const suggesting = useSuggestions(channel, fields, filled, (found) => setValues((old) => ({ ...old, ...found })));
  const signIn = signInFor(channel, filled);
  const at = fieldAt(problem, fields);
  const isBeside =
    at !== undefined && ((at === "accepts_terms" && signIn) || fields.some((field) => field.name === at));
  const [accepts, setAccepts] = useState(false);

  const finish = async (made: ChannelAccount) => {
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.channelAccounts }),
      client.invalidateQueries({ queryKey: keys.views }),
    ]);
    onDone(made);
  };
  const { begin, waiting, cancel } = useSignIn(
    async (id) => finish(await get<ChannelAccount>(`/api/channel-accounts/${id}`)),
    setProblem,
  );

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    const wish = {
      kind: channel.kind,
      name: channel.name,
      inbox_id: inbox ?? inboxes[0]?.id,
      config: configOf(fields, filled),
    };
    if (signIn) return begin({ ...wish, provider: signIn.provider, accepts_terms: accepts });
    setBusy(true);
    try {
      await finish(await post<ChannelAccount>("/api/channel-accounts", wish));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="fields" onSubmit={submit}>
      <fieldset className="held" disabled={waiting !== null}>
        {inboxes.length > 1 ? (
          <Select
            label={t("field.inbox")}
            value={inbox ?? inboxes[0]?.id}
            onChange={(event) => setInbox(event.target.value)}
          >
            {inboxes.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </Select>
        ) : null}
        <ConfigForm
          fields={fields}
          values={filled}
          onChange={(field, value) => setValues((old) => ({ ...old, [field]: value }))}
          {...suggesting}
          problem={isBeside && at ? { field: at, text: sentence(problem) } : null}
        />
      </fieldset>
      {problem && !isBeside ? (
        <p className="hint error" role="alert">
          {sentence(problem)}
        </p>
      ) : null}
      {signIn ? (
        <SignInSteps
          signIn={signIn}
          accepts={accepts}
          onAccept={setAccepts}
          termsProblem={at === "accepts_terms" ? sentence(problem) : null}
          waiting={waiting}
          onCancel={cancel}
        />
      ) : (
        <Button type="submit" look="primary" size="l" className="wide" isBusy={isBusy}>
          {t("connect.submit")}
        </Button>
      )}
    </form>
  );
}
