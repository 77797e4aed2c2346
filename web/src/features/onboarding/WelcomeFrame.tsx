/* The frame of everything before the inbox: the form at the start, a picture of what it leads to at the end. */
import { useQuery } from "@tanstack/react-query";
import {
  FlaskConical,
  Inbox,
  ListFilter,
  Mail,
  MessageCircle,
  MessagesSquare,
  Phone,
  Search,
  Send,
  UserRound,
} from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import { setupQuery } from "../../api/queries";
import { initials } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import "../../ui/clockchip.css";
import "../demo/demo.css";
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
      <Picture isDemo={step === 3} />
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
const GLYPHS = [Mail, MessageCircle, MessagesSquare, Send, Phone];

interface Row {
  name: MessageId;
  text: MessageId;
  /** Which of the ways above it came. */
  way: number;
  tint: number;
  chip?: { words: MessageId; look: string; left: number };
}

/** Invented, as in the demo. */
const ROWS: Row[] = [
  {
    name: "welcome.name1",
    text: "welcome.text1",
    way: 0,
    tint: 4,
    chip: { words: "welcome.chip1", look: "soon", left: 25 },
  },
  {
    name: "welcome.name2",
    text: "welcome.text2",
    way: 2,
    tint: 1,
    chip: { words: "welcome.chip2", look: "square", left: 90 },
  },
  {
    name: "welcome.name3",
    text: "welcome.text3",
    way: 1,
    tint: 1,
    chip: { words: "welcome.chip3", look: "", left: 80 },
  },
  {
    name: "welcome.name4",
    text: "welcome.text4",
    way: 3,
    tint: 3,
    chip: { words: "welcome.chip4", look: "square", left: 60 },
  },
  { name: "welcome.name5", text: "welcome.text5", way: 4, tint: 0 },
];
/** Nobody in particular: a visitor has no initials. */
const VISITOR = 2;

/** Decoration only: many ways in, one list. */
function Picture({ isDemo }: { isDemo: boolean }) {
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
        <p className="row">
          <span className="strong">{t("setup.default_inbox")}</span>
          <span className="count">{t("welcome.open", { count: ROWS.length })}</span>
          <span className="grow" />
          {isDemo ? (
            <span className="chip s demochip">
              <FlaskConical className="small" />
              {t("demo.chip")}
            </span>
          ) : (
            <>
              <Search className="mid muted" />
              <ListFilter className="mid muted" />
            </>
          )}
        </p>
        {ROWS.map((row, index) => (
          <MiniRow key={row.name} row={row} isVisitor={index === VISITOR} />
        ))}
      </div>
    </div>
  );
}

function MiniRow({ row: { name, text, way, tint, chip }, isVisitor }: { row: Row; isVisitor: boolean }) {
  const Glyph = GLYPHS[way];
  return (
    <div className="minirow">
      <span className={`avatar s36 tint${tint}`}>
        {isVisitor ? <UserRound /> : initials(t(name))}
        <span className={`badge miniway lane${way}`}>{Glyph ? <Glyph /> : null}</span>
      </span>
      <span className="minitext">
        <span className="strong cut">{t(name)}</span>
        <span className="cut muted">{t(text)}</span>
      </span>
      {chip ? (
        <span className={`clockchip ${chip.look}`}>
          <i style={{ "--left": `${chip.left}%` } as CSSProperties} />
          {t(chip.words)}
        </span>
      ) : (
        <span className="small-text muted">{t("welcome.time")}</span>
      )}
    </div>
  );
}
