import { Eye, EyeOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { t } from "../../ui/i18n";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: "new-password" | "current-password" | "off";
  hint?: ReactNode;
  error?: string | null;
  autoFocus?: boolean;
  minLength?: number;
  required?: boolean;
}

/** A password that can be looked at while typing. Pasting always works. */
export function PasswordField({ value, onChange, required = true, ...rest }: Props) {
  const [isShown, setShown] = useState(false);
  return (
    <Field
      {...rest}
      type={isShown ? "text" : "password"}
      required={required}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      spellCheck={false}
      autoCapitalize="off"
      after={
        <IconButton
          label={isShown ? t("password.hide") : t("password.show")}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? <EyeOff /> : <Eye />}
        </IconButton>
      }
    />
  );
}
