/* What is typed in a set-up, tried before anything is connected: each server by itself, with how long it took and what to do (picture 03a). Nothing is
 * kept of it. Whatever is changed afterwards makes the answers void. It is not tried by itself: a provider locks out who signs in wrongly too often. */
import { CircleCheck, CircleDashed, CircleX, LoaderCircle, RotateCw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { post } from "../../api/client";
import type { Channel, Id, Trial } from "../../api/types";
import { Button } from "../../ui/Button";
import { number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { holds, type Values } from "./schema";

interface End {
  isOk: boolean;
  words: string;
  ms: number;
}

interface Run {
  /** What was typed when it began. */
  of: string;
  from: number;
  ends: Record<string, End>;
}

/** What can be tried of what is typed, by name. */
export const trialsOf = (channel: Channel, values: Values): string[] =>
  Object.entries(channel.trials).flatMap(([name, when]) => (holds(when, values) ? [name] : []));

interface Props {
  channel: Channel;
  names: string[];
  config: Values;
  /** The set-up whose kept secrets stand for those that are empty. */
  draftId: Id | null;
}

export function Trials({ channel, names, config, draftId }: Props) {
  const [held, setRun] = useState<Run | null>(null);
  const newest = useRef(0);
  const of = JSON.stringify(config);
  const run = held?.of === of ? held : null;
  const isRunning = run !== null && names.some((name) => !run.ends[name]);
  useSeconds(isRunning);

  const start = () => {
    newest.current += 1;
    const nth = newest.current;
    setRun({ of, from: Date.now(), ends: {} });
    for (const what of names)
      void tryOne(channel, { what, config, draft_id: draftId }).then((end) => {
        if (newest.current === nth) setRun((now) => now && { ...now, ends: { ...now.ends, [what]: end } });
      });
  };

  return (
    <div className="teststeps">
      <div role="status">
        <ol className="card rowlist">
          {names.map((name) => (
            <Row key={name} name={name} end={run?.ends[name]} from={run?.from ?? null} />
          ))}
        </ol>
      </div>
      <p className="row">
        <Button size="s" icon={<RotateCw />} isBusy={isRunning} onClick={start}>
          {t(run && !isRunning ? "connect.try_again" : "connect.try")}
        </Button>
        <span className="hint">{t("connect.try_hint")}</span>
      </p>
    </div>
  );
}

/** Never fails: what is in the way is an answer, too. */
async function tryOne(channel: Channel, wish: { what: string; config: Values; draft_id: Id | null }): Promise<End> {
  const from = Date.now();
  try {
    const found = await post<Trial>(`/api/channels/${channel.kind}/trials`, wish);
    return { isOk: found.is_ok, words: inWords(found.sentence), ms: Date.now() - from };
  } catch (problem) {
    return { isOk: false, words: sentence(problem), ms: Date.now() - from };
  }
}

function Row({ name, end, from }: { name: string; end: End | undefined; from: number | null }) {
  const ms = end?.ms ?? (from ? Date.now() - from : 0);
  const state = end ? (end.isOk ? "connected" : "broken") : "";
  return (
    <li className={`health ${state}`}>
      {end?.isOk ? <CircleCheck /> : end ? <CircleX /> : from ? <LoaderCircle className="spin" /> : <CircleDashed />}
      <div className="grow">
        <p className="mid">{inWords(name)}</p>
        <p className="small-text muted">{end?.words ?? t(from ? "connect.trying" : "connect.not_tried")}</p>
      </div>
      {from ? (
        <span className="count" aria-hidden>
          {t("test_step.seconds", { s: number(end ? Math.round(ms / 100) / 10 : Math.floor(ms / 1000)) })}
        </span>
      ) : null}
    </li>
  );
}

/** Draws anew each second while it is on. */
function useSeconds(isOn: boolean): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setTick((nth) => nth + 1), 1000);
    return () => clearInterval(timer);
  }, [isOn]);
}
