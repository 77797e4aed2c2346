import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { t } from "../../ui/i18n";
import { useStore } from "../../ui/store";
import { countWaiting, outbox } from "../messages/pending";
import { auth, signOut } from "./auth";

/** Asked before somebody signs out while messages of theirs still wait on this computer. */
export function SignOutWarning() {
  const isLeaving = useStore(auth, (state) => state.isLeaving);
  useStore(outbox, (state) => state.entries);
  if (!isLeaving) return null;
  const count = countWaiting();
  const stay = () => auth.set({ isLeaving: false });
  return (
    <Dialog title={t("session.waiting_title")} onClose={stay}>
      <div className="fields">
        <p className="soft">{t("session.waiting_text", { count })}</p>
        <p className="row">
          <Button look="primary" onClick={stay}>
            {t("session.stay")}
          </Button>
          <Button onClick={() => void signOut(true)}>{t("session.sign_out_anyway")}</Button>
        </p>
      </div>
    </Dialog>
  );
}
