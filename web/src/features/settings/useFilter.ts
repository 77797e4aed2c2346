/* The filter of a list of the settings. It stands in the address, so that it can be kept, shared and come back to. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

export interface Filter {
  q: string;
  status: string;
  inbox: string;
}

const PAUSE_MS = 150;

export function useFilter(): [Filter, (part: Partial<Filter>) => void] {
  const { q = "", status = "", inbox = "" } = useSearch({ strict: false }) as Partial<Filter>;
  const navigate = useNavigate();
  const there = JSON.stringify({ q, status, inbox });
  const [filter, setFilter] = useState<Filter>({ q, status, inbox });
  const written = useRef(there);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // Back, Forward and links change the address: the fields follow.
  useEffect(() => {
    if (there === written.current) return;
    written.current = there;
    setFilter(JSON.parse(there) as Filter);
  }, [there]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const change = (part: Partial<Filter>) => {
    const next = { ...filter, ...part };
    setFilter(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      written.current = JSON.stringify(next);
      const search = { q: next.q || undefined, status: next.status || undefined, inbox: next.inbox || undefined };
      void navigate({ to: ".", search, replace: true });
    }, PAUSE_MS);
  };
  return [filter, change];
}
