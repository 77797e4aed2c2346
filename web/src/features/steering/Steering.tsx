/* Stands once in the inbox: the dialogs to merge and split and to link a ticket, and the way from a merged conversation's address to the one that has its messages. */
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import type { Scope } from "../../actions/action";
import { closeDialog, pickers } from "../../actions/pickers";
import { withWords } from "../../ui/i18n";
import { loadPopover } from "../../ui/Popover";
import { useStore } from "../../ui/store";
import { loadPickers } from "./PickerButton";

const MergeDialog = lazy(withWords(() => import("./MergeDialog")));
const DeleteDialog = lazy(withWords(() => import("./DeleteDialog")));
const TicketDialog = lazy(withWords(() => import("../tickets/TicketDialog")));
const SplitDialog = lazy(withWords(() => import("./SplitDialog")));

export function Steering({ scope }: { scope: Scope }) {
  const dialog = useStore(pickers, (state) => state.dialog);
  const isAlone = useStore(pickers, (state) => state.isAlone);
  const navigate = useNavigate();
  const { view = "open", conversation: address } = useParams({ strict: false });
  const { conversation } = scope;
  const survivor = conversation && (conversation.merged_into_id ?? conversation.id);
  const isElsewhere = survivor !== null && address !== undefined && survivor !== address;
  useEffect(() => {
    if (!isElsewhere || !survivor) return;
    const params = { view, conversation: survivor };
    void navigate({ to: "/inbox/$view/$conversation", params, search: (old) => old, replace: true });
  }, [isElsewhere, survivor, view, navigate]);
  useEffect(() => {
    // Fetched while nobody waits, so that the first key finds its picker there.
    const timer = setTimeout(() => void Promise.all([loadPickers(), loadPopover()]).catch(() => undefined), 1500);
    return () => {
      clearTimeout(timer);
      closeDialog();
    };
  }, []);
  if (!dialog) return null;
  return (
    <Suspense fallback={null}>
      {dialog === "merge" ? (
        <MergeDialog scope={{ ...scope, isAlone }} onClose={closeDialog} />
      ) : !scope.conversation ? null : dialog === "ticket" ? (
        <TicketDialog conversation={scope.conversation} scope={scope} onClose={closeDialog} />
      ) : dialog === "delete" ? (
        <DeleteDialog conversation={scope.conversation} scope={scope} onClose={closeDialog} />
      ) : (
        <SplitDialog conversation={scope.conversation} scope={scope} onClose={closeDialog} />
      )}
    </Suspense>
  );
}
