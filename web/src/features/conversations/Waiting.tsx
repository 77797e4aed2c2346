import type { ReactNode } from "react";
import { isNotThere } from "../../api/client";
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { Failed, Skeleton } from "../../ui/States";

interface WaitingProps {
  error?: unknown;
  onRetry?: () => void;
  onLeave?: () => void;
  children?: ReactNode;
}

/** Where a thread will stand. One that is not there, or not for me, is left again; on a phone there would be no other way out. */
export function Waiting({ error, onRetry, onLeave, children }: WaitingProps) {
  return (
    <main className="thread" id="main" tabIndex={-1}>
      {error ? (
        <Failed error={error} onRetry={isNotThere(error) ? undefined : onRetry} comesBack>
          <Button size="s" onClick={onLeave}>
            {t("common.back")}
          </Button>
        </Failed>
      ) : (
        <Skeleton rows={3} shape="message" />
      )}
      {children}
    </main>
  );
}
