import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "../../api/queries";
import type { Session } from "../../api/types";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { SignInForm } from "./SignInForm";

/** Over everything when the session has ended: nothing on the page is lost, and the work goes on after the password. */
export default function SessionExpired() {
  const client = useQueryClient();
  const session = client.getQueryData<Session>(keys.session);
  const isShown = session !== undefined;
  useEffect(() => {
    if (isShown) announce(`${t("session.expired_title")}. ${t("session.expired_text")}`, "assertive", "session");
  }, [isShown]);
  if (!session) return null;
  return (
    <Dialog title={t("session.expired_title")}>
      <div className="fields">
        <p className="soft">{t("session.expired_text")}</p>
        <SignInForm email={session.user.email} onDone={() => void client.invalidateQueries()} />
      </div>
    </Dialog>
  );
}
