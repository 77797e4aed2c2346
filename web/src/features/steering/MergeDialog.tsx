/* Which conversations become one, which of them stays, and what comes of it before it is done. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Scope } from "../../actions/action";
import { mergeInto } from "../../actions/rearrange";
import { targets } from "../../actions/steer";
import { get, post, query } from "../../api/client";
import type { Conversation, MergeCandidates } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { rowTime } from "../../ui/format";
import { t } from "../../ui/i18n";
import { Failed, Skeleton, sentence } from "../../ui/States";
import { KindBadge } from "../channels/ChannelBadge";
import { contactName } from "../conversations/Row";
import { statusText } from "./ThreadPills";

interface Props {
  scope: Scope;
  onClose: () => void;
}

export default function MergeDialog({ scope, onClose }: Props) {
  const [list] = useState(() => targets(scope));
  const [other, setOther] = useState<Conversation | null>(null);
  const all = other ? [...list, other] : list;
  const [keptId, setKept] = useState(list[0]?.id ?? "");
  const [isBusy, setBusy] = useState(false);
  const kept = all.find((one) => one.id === keptId) ?? all[0];
  const sources = all.filter((one) => one !== kept);
  if (!kept) return null;
  const merge = async () => {
    setBusy(true);
    await mergeInto(scope, kept, sources);
    onClose();
  };
  const isMany = list.length > 1;
  return (
    <Dialog title={isMany ? t("merge.title_many", { count: list.length }) : t("merge.title")} onClose={onClose} isWide>
      <div className="mergedialog">
        <p className="soft">{t("merge.lead")}</p>
        {isMany ? null : <Candidates here={kept === other ? list[0] : kept} chosen={other} onChoose={setOther} />}
        {sources.length ? (
          <>
            <fieldset>
              <legend>{t("merge.keep")}</legend>
              {all.map((one) => (
                <label key={one.id} className="choice">
                  <input type="radio" name="kept" checked={one === kept} onChange={() => setKept(one.id)} />
                  <KindBadge kind={one.kind} isNamed />
                  <Named one={one} />
                </label>
              ))}
            </fieldset>
            <Result kept={kept} sources={sources} scope={scope} />
          </>
        ) : null}
        <div className="dialogfoot">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isBusy={isBusy} disabled={!sources.length} onClick={() => void merge()}>
            {t("merge.do")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

const Named = ({ one }: { one: Conversation }) => (
  <span className="cut grow" dir="auto">
    {[contactName(one), one.subject || one.preview].filter(Boolean).join(" · ")}
  </span>
);

interface CandidatesProps {
  here: Conversation | undefined;
  chosen: Conversation | null;
  onChoose: (one: Conversation) => void;
}

/** First what the same sender has, then what is found by name and subject among the newest. */
function Candidates({ here, chosen, onChoose }: CandidatesProps) {
  const [words, setWords] = useState("");
  const id = here?.id ?? "";
  const found = useQuery({
    queryKey: ["merge-candidates", id, words],
    queryFn: ({ signal }) =>
      get<MergeCandidates>(`/api/conversations/${id}/merge-candidates${query({ q: words })}`, signal),
    placeholderData: (before) => before,
    staleTime: 0,
    gcTime: 60_000,
  });
  const { same_sender: same = [], recent = [] } = found.data ?? {};
  const shownSame = words ? [] : same;
  const shown = words ? [...same, ...recent].filter((one) => isLike(one, words)) : recent;
  return (
    <>
      <Field
        label={t("merge.find")}
        type="search"
        data-begin
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <div className="targets">
        {found.isPending ? <Skeleton rows={3} shape="line" /> : null}
        {found.isError ? <Failed error={found.error} onRetry={() => void found.refetch()} /> : null}
        <Choices title={t("merge.same")} items={shownSame} chosen={chosen} onChoose={onChoose} />
        <Choices title={words ? "" : t("merge.recent")} items={shown} chosen={chosen} onChoose={onChoose} />
        {found.isSuccess && !shownSame.length && !shown.length ? <p className="soft">{t("merge.none")}</p> : null}
      </div>
    </>
  );
}

const isLike = (one: Conversation, words: string) =>
  [one.subject, one.contact?.name, one.contact?.address].some((text) =>
    text?.toLowerCase().includes(words.trim().toLowerCase()),
  );

function Choices({
  title,
  items,
  chosen,
  onChoose,
}: Omit<CandidatesProps, "here"> & { title: string; items: Conversation[] }) {
  const now = useNow();
  if (!items.length) return null;
  return (
    <section>
      {title ? <h3>{title}</h3> : null}
      <ul className="others">
        {items.map((one) => (
          <li key={one.id}>
            <button type="button" aria-pressed={one.id === chosen?.id} onClick={() => onChoose(one)}>
              <KindBadge kind={one.kind} isNamed />
              <Named one={one} />
              <time className="muted num" dateTime={one.last_message_at}>
                {rowTime(one.last_message_at, now)}
              </time>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the server says would come of it. */
function Result({ kept, sources, scope }: { kept: Conversation; sources: Conversation[]; scope: Scope }) {
  const ids = sources.map((one) => one.id);
  const result = useQuery({
    queryKey: ["merge-preview", kept.id, ids],
    queryFn: () => post<Conversation>(`/api/conversations/${kept.id}/merge-preview`, { conversation_ids: ids }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (result.isError) return <p role="alert">{sentence(result.error)}</p>;
  const one = result.data;
  const assignee = scope.users.find((user) => user.id === one?.assignee_id)?.name ?? t("assign.nobody");
  return (
    <section className="result" aria-live="polite">
      <h3>{t("merge.result")}</h3>
      {one ? (
        <>
          <p>
            <Named one={one} />
          </p>
          <p>
            {t("merge.result_line", {
              status: statusText(one),
              priority: t("priority.label", { value: t(`priority.${one.priority}`) }),
              assignee,
            })}
          </p>
        </>
      ) : (
        <Skeleton rows={1} shape="line" />
      )}
    </section>
  );
}
