/* The end of a form: Save, and while something in it is not saved, the word for that and the way back. Where somebody has saved something else meanwhile it is said,
 * and the two buttons say which of both is to stand. */
import { Button } from "../../ui/Button";
import { t } from "../../ui/i18n";
import { toast } from "../../ui/toasts";
import { type Unsaved, useUnsavedAt } from "./unsaved";

interface Props {
  unsaved: Pick<Unsaved<unknown>, "isChanged" | "isOvertaken" | "discard">;
  isBusy?: boolean;
  /** What Save is called here; null: what saves stands elsewhere. */
  label?: string | null;
  /** What Discard is called here. */
  back?: string;
  /** After it was discarded. */
  onBack?: () => void;
  /** It stands there also while nothing is changed; else it comes with the first change. */
  isLasting?: boolean;
}

export function SaveLine({ unsaved, isBusy, label, back, onBack, isLasting }: Props) {
  const { isChanged, isOvertaken } = unsaved;
  if (!isChanged && !isLasting) return null;
  return (
    <div className="saveline">
      {isOvertaken ? <Overtaken /> : null}
      {label === null ? null : (
        <Button type="submit" look="primary" isBusy={isBusy}>
          {isOvertaken ? t("unsaved.save_mine") : (label ?? t("common.save"))}
        </Button>
      )}
      {isChanged || onBack ? (
        <Button
          onClick={({ currentTarget: { form } }) => {
            // This button goes: the hands stay in the form.
            form?.querySelector<HTMLElement>(isLasting ? "[type=submit]" : "input, select, textarea")?.focus();
            const undo = unsaved.discard();
            if (isChanged) toast(t("unsaved.discarded"), undo);
            onBack?.();
          }}
        >
          {isOvertaken ? t("unsaved.take_saved") : (back ?? t("unsaved.discard"))}
        </Button>
      ) : null}
      <span className="muted small-text" role="status">
        {isChanged ? t("unsaved.not_saved") : ""}
      </span>
    </div>
  );
}

export const Overtaken = () => (
  <p className="banner warn" role="status">
    {t("unsaved.overtaken")}
  </p>
);

/** Beside the way to a place at which, or below which, something is not saved. */
export function UnsavedMark({ at }: { at: string }) {
  const isThere = useUnsavedAt(at).length > 0;
  return isThere ? (
    <>
      {" "}
      <span className="dot warn unsavedmark" title={t("unsaved.not_saved")}>
        <span className="sr">{t("unsaved.not_saved")}</span>
      </span>
    </>
  ) : null;
}
