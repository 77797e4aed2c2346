/* What a pane shows when it has nothing to show: loading, empty, failed. */
import { CircleAlert, WifiOff } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { NoConnection, Problem } from "../api/client";
import { live } from "../api/live";
import { Button } from "./Button";
import { Details, detailsOf } from "./Details";
import { loadLater, t } from "./i18n";
import { inWords } from "./serverWords";
import { useStore } from "./store";

/** Nothing for the first 150 ms, then grey shapes of what will come. */
export function Skeleton({ rows, shape }: { rows: number; shape: "row" | "message" | "line" }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeletons" aria-busy="true">
      <span className="sr" role="status">
        {t("common.loading")}
      </span>
      {isShown
        ? Array.from({ length: rows }, (_, index) => <div key={String(index)} className={`skeleton ${shape}`} />)
        : null}
    </div>
  );
}

export function Empty({
  title,
  text,
  picture,
  children,
}: {
  title: string;
  text: string;
  picture?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      {picture}
      <h2 tabIndex={-1}>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** A sentence for anything that was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof NoConnection) return t("problem.no_connection");
  if (error instanceof Problem) {
    if (error.body.detail) return inWords(error.body.detail);
    if (error.status === 403) return t("problem.forbidden");
    if (error.status === 404) return t("problem.not_found");
    if (error.isOfReading) return t("problem.not_loaded");
  }
  return t("problem.unknown");
}

interface FailedProps {
  error: unknown;
  /** Left out where trying again cannot help. */
  onRetry?: () => void;
  /** It is asked for again as soon as there is a line: while there is none, that is said, for that there is none stands elsewhere with a way to try at once. */
  comesBack?: boolean;
  children?: ReactNode;
}

export function Failed({ error, onRetry, comesBack = false, children }: FailedProps) {
  const [, setKnown] = useState(false);
  const isCut = useStore(live, (state) => state.connection !== "live");
  const details = detailsOf(error);
  // At the first paint the server's sentences are not there yet in the reader's words.
  useEffect(() => {
    void loadLater().then(
      () => setKnown(true),
      () => undefined,
    );
  }, []);
  if (comesBack && isCut && error instanceof NoConnection)
    return (
      <div className="empty" role="status">
        <p>{t("live.comes_back")}</p>
        {children}
      </div>
    );
  return (
    <div className="empty" role="alert">
      {error instanceof NoConnection ? <WifiOff /> : <CircleAlert />}
      <p>{sentence(error)}</p>
      <span className="choices">
        {onRetry ? (
          <Button size="s" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        ) : null}
        {children}
      </span>
      {details ? <Details text={details} /> : null}
    </div>
  );
}
