/* The frame of everything before the inbox: the form at the start, a picture of what it leads to at the end. */
import { useQuery } from "@tanstack/react-query";
import { Inbox, Mail, MessageCircle, MessagesSquare, Phone, Send } from "lucide-react";
import type { ReactNode } from "react";
import { setupQuery } from "../../api/queries";
import { t } from "../../ui/i18n";
import "./onboarding.css";

interface Props {
  /** 1 to 3 during the first run; none elsewhere. */
  step?: 1 | 2 | 3;
  foot?: ReactNode;
  children: ReactNode;
}

export function WelcomeFrame({ step, foot, children }: Props) {
  const setup = useQuery(setupQuery).data;
  const host = setup?.public_url ? hostOf(setup.public_url) : location.host;
  return (
    <div className="welcome">
      <main className="welcomeform">
        <p className="brand">
          <span className="mark">
            <Inbox />
          </span>
          {t("app.name")}
        </p>
        {step ? (
          <div className="progress" role="img" aria-label={t("setup.step", { step, total: 3 })}>
            {[1, 2, 3].map((part) => (
              <i key={part} className={part <= step ? "on" : ""} />
            ))}
          </div>
        ) : null}
        {children}
        <div className="welcomefoot hint">
          {foot ?? (setup ? t("setup.your_server", { host, version: setup.version }) : null)}
        </div>
      </main>
      <Picture />
    </div>
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

const LANES = [
  "M70 40C70 150 250 120 290 228",
  "M200 14C200 120 300 110 312 228",
  "M330 0V228",
  "M460 14C460 120 356 110 348 228",
  "M590 40C590 150 410 120 370 228",
];
const ROWS = [
  { width: 62, left: "soon" },
  { width: 46, left: "calm" },
  { width: 74, left: "calm" },
  { width: 54, left: "calm" },
  { width: 38, left: "" },
];

const GLYPHS = [Mail, MessageCircle, MessagesSquare, Send, Phone];

/** Decoration only: many ways in, one list. */
function Picture() {
  return (
    <div className="welcomepicture" aria-hidden="true">
      <div className="lanes">
        <svg viewBox="0 0 652 228" fill="none" aria-hidden="true">
          {LANES.map((path) => (
            <path key={path} d={path} />
          ))}
        </svg>
        {GLYPHS.map((Glyph, index) => (
          <span key={LANES[index]} className={`lane lane${index}`}>
            <span className="badge s48">
              <Glyph />
            </span>
          </span>
        ))}
      </div>
      <div className="minibox">
        <p className="row strong">{t("setup.default_inbox")}</p>
        {ROWS.map(({ width, left }, index) => {
          const Glyph = GLYPHS[index];
          return (
            <div key={width} className="minirow">
              <span className={`avatar s36 tint${(index * 3 + 1) % 8}`}>
                <span className={`badge miniway lane${index}`}>{Glyph ? <Glyph /> : null}</span>
              </span>
              <span className="bars">
                <i className={`bar w${index}`} />
                <i className={`bar thin w${(index + 2) % 5}`} />
              </span>
              {left ? <i className={`bar minichip ${left}`} /> : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}
