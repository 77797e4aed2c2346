/* What a channel finds out from one field of its form, such as the servers that belong to an address: asked when the field is left. What nobody has typed
 * over is filled in; what else was found is offered. Read next: schema.ts (`x-suggests`), ConfigForm.tsx. */
import { useQuery } from "@tanstack/react-query";
import { LoaderCircle, SearchX, WandSparkles } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { post } from "../../api/client";
import type { Channel, Page, Suggestion } from "../../api/types";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { inWords } from "../../ui/serverWords";
import "./suggestions.css";
import { type FormField, holds, type Value, type Values } from "./schema";

interface Suggesting {
  /** Below which field what stands. */
  notes: Record<string, ReactNode>;
  /** A field was left. */
  onLeave: (field: string) => void;
}

export function useSuggestions(
  channel: Channel,
  fields: FormField[],
  values: Values,
  fill: (found: Values) => void,
): Suggesting {
  const source = fields.find((field) => field.suggestIf && holds(field.suggestIf, values));
  const typed = source ? String(values[source.name] ?? "").trim() : "";
  const [asked, setAsked] = useState(typed);
  const filled = useRef<Values>({});
  const isAsked = source !== undefined && typed !== "" && asked === typed;
  const found = useQuery({
    queryKey: ["suggestions", channel.kind, asked],
    queryFn: () => ask(channel, source, values),
    enabled: isAsked,
    staleTime: 60_000,
    retry: false,
  });
  const items = isAsked ? found.data : undefined;
  const byName = new Map(fields.map((field) => [field.name, field]));

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer; what is typed meanwhile is looked at when it comes
  useEffect(() => {
    if (!items) return;
    const isFree = (name: string) => {
      const value = values[name] ?? "";
      return value === "" || value === byName.get(name)?.initial || value === filled.current[name];
    };
    // What was filled in for another address is taken back, unless somebody changed it.
    const before = Object.keys(filled.current).filter(isFree);
    const empty = Object.fromEntries(before.map((name) => [name, byName.get(name)?.initial ?? ""]));
    const first = (items[0]?.values ?? {}) as Values;
    const mayFill = Object.keys(first).every(isFree);
    filled.current = mayFill ? first : {};
    const next = { ...empty, ...filled.current };
    if (Object.keys(next).length) fill(next);
  }, [items]);

  if (!source || !isAsked) return { notes: {}, onLeave: () => setAsked(typed) };
  const note = (
    <div className="suggestions" role="status">
      {found.isFetching ? (
        <p className="row hint">
          <LoaderCircle className="spin mid" />
          {t("suggestions.looking", { value: asked })}
        </p>
      ) : items?.length === 0 ? (
        <p className="row hint">
          <SearchX className="mid" />
          {t("suggestions.none", { value: asked })}
        </p>
      ) : (
        items?.map((one) => (
          <Found key={JSON.stringify(one)} found={one} byName={byName} values={values} onUse={fill} />
        ))
      )}
    </div>
  );
  return { notes: { [source.name]: note }, onLeave: () => setAsked(typed) };
}

/** Only what it is found from: a password has no business there. */
function ask(channel: Channel, source: FormField | undefined, values: Values): Promise<Suggestion[]> {
  if (!source) return Promise.resolve([]);
  const names = [source.name, ...Object.keys(source.suggestIf ?? {})];
  const config = Object.fromEntries(names.map((name) => [name, values[name] ?? ""]));
  return post<Page<Suggestion>>(`/api/channels/${channel.kind}/suggestions`, { config }).then((page) => page.items);
}

interface FoundProps {
  found: Suggestion;
  byName: Map<string, FormField>;
  values: Values;
  onUse: (values: Values) => void;
}

function Found({ found, byName, values, onUse }: FoundProps) {
  const given = Object.entries(found.values as Values);
  const isUsed = given.every(([name, value]) => (values[name] ?? "") === value);
  const told = given.filter(([, value]) => value !== "").map(([name, value]) => spoken(byName.get(name), name, value));
  return (
    <div className="row">
      <WandSparkles className="mid" />
      <div className="grow">
        <p>{inWords(found.sentence)}</p>
        <p className="small-text muted">{told.join(" · ")}</p>
        {isUsed ? <p className="small-text muted">{t("suggestions.filled")}</p> : null}
      </div>
      {isUsed ? null : (
        <Button size="s" onClick={() => onUse(found.values as Values)}>
          {t("suggestions.use")}
        </Button>
      )}
    </div>
  );
}

function spoken(field: FormField | undefined, name: string, value: Value): string {
  const label = field?.choices.find((choice) => choice.value === value)?.label ?? String(value);
  return `${field?.title ?? name}: ${label}`;
}
