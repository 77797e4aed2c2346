/* What is typed in a set-up, tried before anything is connected: each server by itself and what the sender's domain says, with what was found, how long it
 * took and what to do (picture 03a). Nothing is kept of it. Whatever is changed afterwards makes the answers void. It is not tried by itself: a provider locks out who signs in wrongly too often. */
import { CircleDashed, CircleX, LoaderCircle, RotateCw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { post } from "../../api/client";
import type { Channel, Finding, Id, Trial } from "../../api/types";
import { Button } from "../../ui/Button";
import { useNow } from "../../ui/clock";
import { agoOrDate, number } from "../../ui/format";
import { t } from "../../ui/i18n";
import { sentence } from "../../ui/States";
import { inWords } from "../../ui/serverWords";
import { CheckLine } from "./Records";
import { holds, type Values } from "./schema";

interface End {
  /** Why it did not work; "": it did. */
  problem: string;
  found: Finding[];
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
          {names.map((name) => {
            const end = run?.ends[name];
            return end && !end.problem ? (
              <Found key={name} found={end.found} ms={end.ms} />
            ) : (
              <Row key={name} name={name} end={end} from={run?.from ?? null} />
            );
          })}
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
    return { problem: found.is_ok ? "" : inWords(found.sentence), found: found.found, ms: Date.now() - from };
  } catch (problem) {
    return { problem: sentence(problem), found: [], ms: Date.now() - from };
  }
}

function Found({ found, ms }: { found: Finding[]; ms: number }) {
  const now = useNow();
  return found.map((one, nth) => (
    <CheckLine
      key={one.name}
      check={one}
      words={inWords(one.name)}
      sentence={inWords(one.sentence).replace("{when}", one.at ? agoOrDate(one.at, now) : "")}
      took={nth === 0 ? <Took s={Math.round(ms / 100) / 10} /> : null}
    />
  ));
}

function Row({ name, end, from }: { name: string; end: End | undefined; from: number | null }) {
  return (
    <li className={`health ${end ? "broken" : ""}`}>
      {end ? <CircleX /> : from ? <LoaderCircle className="spin" /> : <CircleDashed />}
      <div className="grow">
        <p className="mid">{inWords(name)}</p>
        <p className="small-text muted">{end?.problem ?? t(from ? "connect.trying" : "connect.not_tried")}</p>
      </div>
      {from ? (
        <Took s={end ? Math.round(end.ms / 100) / 10 : Math.max(0, Math.floor((Date.now() - from) / 1000))} />
      ) : null}
    </li>
  );
}

const Took = ({ s }: { s: number }) => (
  <span className="count" aria-hidden>
    {t("test_step.seconds", { s: number(s) })}
  </span>
);

/** Draws anew each second while it is on. */
function useSeconds(isOn: boolean): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setTick((nth) => nth + 1), 1000);
    return () => clearInterval(timer);
  }, [isOn]);
}
