/* What a browser says when a form is not filled in as it should be comes in the browser's language. Here it is said in the app's; beside its field, as before.
 * Importing this is enough: Field.tsx does, and so has every form with such fields. */
import { t } from "./i18n";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isControl = (target: EventTarget | null): target is Control =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** Those that were told something of here; what a field says by itself is left alone. */
const told = new Set<Control>();

/** What is wrong with it, in words. */
export function complaint(control: Control): string {
  const { validity } = control;
  if (validity.valueMissing) return t("validity.missing");
  if (validity.tooShort && "minLength" in control) return t("validity.too_short", { count: control.minLength });
  if (validity.typeMismatch) return t(control.type === "email" ? "validity.email" : "validity.link");
  if (!(control instanceof HTMLInputElement)) return t("validity.wrong");
  if (validity.rangeUnderflow) return t("validity.at_least", { value: control.min });
  if (validity.rangeOverflow) return t("validity.at_most", { value: control.max });
  return t("validity.wrong");
}

addEventListener(
  "invalid",
  ({ target }) => {
    if (!isControl(target) || target.validity.customError) return;
    target.setCustomValidity(complaint(target));
    told.add(target);
  },
  true,
);

/** Before it is looked at again: what was said before would still hold. */
function forget(event: Event): void {
  for (const control of event.type === "input" && isControl(event.target) ? [event.target] : told) {
    if (told.delete(control)) control.setCustomValidity("");
  }
}
addEventListener("input", forget, true);
// A form is sent by its button, also with Enter.
addEventListener("click", forget, true);
