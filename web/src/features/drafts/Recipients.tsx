import { UserPlus, X } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { type MessageId, t } from "../../ui/i18n";
import { type Addresses, bare, looksLikeAddress, splitAddresses } from "./recipients";

type Role = keyof Addresses;
const ROLES: { role: Role; label: MessageId }[] = [
  { role: "to", label: "recipients.to" },
  { role: "cc", label: "recipients.cc" },
  { role: "bcc", label: "recipients.bcc" },
];

interface Props {
  /** Which lines the channel knows. */
  roles: string[];
  addresses: Addresses;
  newcomers: Set<string>;
  onChange: (part: Partial<Addresses>) => void;
}

export function Recipients({ roles, addresses, newcomers, onChange }: Props) {
  const [opened, setOpened] = useState<ReadonlySet<Role>>(new Set());
  const isShown = (role: Role) => role === "to" || addresses[role].length > 0 || opened.has(role);
  const hidden = ROLES.filter(({ role }) => roles.includes(role) && !isShown(role));
  return (
    <div className="addresses">
      {ROLES.filter(({ role }) => roles.includes(role) && isShown(role)).map(({ role, label }, index) => (
        <Line
          key={role}
          label={t(label)}
          values={addresses[role]}
          newcomers={newcomers}
          startsFocused={opened.has(role)}
          onChange={(values) => onChange({ [role]: values })}
        >
          {index === 0
            ? hidden.map((one) => (
                <button
                  key={one.role}
                  type="button"
                  className="more"
                  onClick={() => setOpened(new Set([...opened, one.role]))}
                >
                  {t(one.label)}
                </button>
              ))
            : null}
        </Line>
      ))}
    </div>
  );
}

interface LineProps {
  label: string;
  values: string[];
  newcomers: Set<string>;
  startsFocused: boolean;
  onChange: (values: string[]) => void;
  children: React.ReactNode;
}

function Line({ label, values, newcomers, startsFocused, onChange, children }: LineProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const add = (text: string) => {
    const fresh = splitAddresses(text).filter((one) => !values.some((known) => bare(known) === bare(one)));
    if (fresh.length) onChange([...values, ...fresh]);
    setTyped("");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (["Enter", ",", ";"].includes(event.key) && typed.trim() && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) event.preventDefault();
    else if (event.key === "Backspace" && !typed && values.length) onChange(values.slice(0, -1));
  };
  return (
    <div className="addressline">
      <label htmlFor={id}>{label}</label>
      <div className="chips">
        {values.map((value) => {
          const isWrong = !looksLikeAddress(value);
          const isNew = newcomers.has(bare(value));
          return (
            <span
              key={value}
              className={`chip ${isWrong ? "bad" : isNew ? "warn" : ""}`}
              title={isWrong ? t("recipients.wrong") : isNew ? t("recipients.new") : value}
            >
              {isNew && !isWrong ? <UserPlus className="small" /> : null}
              <span className="cut">{value}</span>
              <button
                type="button"
                aria-label={t("recipients.remove", { address: value })}
                onClick={() => onChange(values.filter((one) => one !== value))}
              >
                <X className="small" />
              </button>
            </span>
          );
        })}
        <input
          id={id}
          value={typed}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          inputMode="email"
          autoFocus={startsFocused}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const text = event.clipboardData.getData("text");
            if (!/[,;\n@]/.test(text)) return;
            event.preventDefault();
            add(typed + text);
          }}
          onBlur={() => typed.trim() && add(typed)}
        />
      </div>
      {children}
    </div>
  );
}
