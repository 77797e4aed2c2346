/* "Who would have got the last hundred conversations under this rule": a bar for each person, the sentence that says it, each conversation as a row, and a
 * file for a spreadsheet. */
import { Link } from "@tanstack/react-router";
import { Download, Table2 } from "lucide-react";
import { useState } from "react";
import type { ChannelAccount, Simulation, User } from "../../api/types";
import { Button } from "../../ui/Button";
import { downloadCsv } from "../../ui/download";
import { messageTime, nameList, number } from "../../ui/format";
import { type MessageId, t } from "../../ui/i18n";
import { skillWords } from "./skills";

const HOW: Record<string, MessageId> = {
  owner: "routing.was_owner",
  same_person: "routing.was_same_person",
  random: "routing.was_random",
  round_robin: "routing.was_round_robin",
  load_balanced: "routing.was_load_balanced",
  first_available: "routing.was_first_available",
  no_owner: "routing.was_no_owner",
  no_members: "routing.was_no_members",
  nobody_skilled: "routing.was_nobody_skilled",
  nobody_available: "routing.was_nobody_available",
  all_full: "routing.was_all_full",
};
const BARS = 24;

const howWords = (how: string) => t(HOW[how] ?? "routing.was_no_members");

/** With what it needed: "speaks Norwegian, in turn". */
function whyWords({ how, skills, fit, user_id }: Simulation["items"][number]): string {
  if (!skills.length || !user_id) return howWords(how);
  const id = fit === "lacking" ? "routing.was_lacking" : "routing.was_skilled";
  return t(id, { how: howWords(how), ...skillWords(skills) });
}

interface Props {
  account: ChannelAccount;
  simulation: Simulation;
  users: readonly User[];
}

export function Past({ account, simulation, users }: Props) {
  const [isTable, setTable] = useState(false);
  const { items, counts, nobody, now } = simulation;
  const nameOf = (id: string) => users.find((user) => user.id === id)?.name ?? t("system.somebody");
  if (!items.length)
    return (
      <>
        <h2>{t("routing.past_none_title")}</h2>
        <p className="soft">{t("routing.past_none")}</p>
      </>
    );
  // Also who could have got some and would have got none.
  const named = now.people.filter((one) => one.flaw === null).map((one) => one.user_id);
  const people = [...new Set([...Object.keys(counts), ...named])]
    .map((id) => ({ id, name: nameOf(id), count: counts[id] ?? 0 }))
    .toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name))
    .slice(0, BARS);
  const bars = [...people, ...(nobody ? [{ id: "", name: t("assign.nobody"), count: nobody }] : [])];
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const words = t("routing.past_sentence", { given: items.length - nobody, total: items.length, nobody });
  const why = reasons(simulation);
  const save = () =>
    downloadCsv("who-would-have-got-it.csv", [
      [t("routing.when"), t("routing.from"), t("routing.subject"), t("routing.who"), t("routing.why")],
      ...items.map((one) => [
        one.created_at,
        one.contact_name,
        one.subject,
        one.user_id ? nameOf(one.user_id) : "",
        whyWords(one),
      ]),
    ]);
  return (
    <>
      <h2>{t("routing.past", { count: items.length })}</h2>
      <p className="soft">
        {words} {why}
      </p>
      <div
        className="barplot"
        role="img"
        aria-label={`${words} ${nameList(bars.map((bar) => `${bar.name}: ${number(bar.count)}`))}`}
      >
        {bars.map((bar) => (
          <div key={bar.id} className={bar.id ? "" : "rest"}>
            <span className="cut" dir="auto">
              {bar.name}
            </span>
            <i style={{ inlineSize: `${(bar.count / most) * 100}%` }} />
            <span className="num">{number(bar.count)}</span>
          </div>
        ))}
      </div>
      <p className="row">
        <Button size="s" look="ghost" icon={<Table2 />} aria-expanded={isTable} onClick={() => setTable(!isTable)}>
          {t(isTable ? "routing.hide_table" : "routing.show_table")}
        </Button>
        <Button size="s" look="ghost" icon={<Download />} onClick={save}>
          {t("routing.csv")}
        </Button>
      </p>
      {isTable ? <Rows account={account} simulation={simulation} nameOf={nameOf} /> : null}
      <p className="hint">{t("routing.past_hint")}</p>
    </>
  );
}

/** Why some would have stayed unassigned, the most frequent first. */
function reasons({ items }: Simulation): string {
  const found = new Map<string, number>();
  for (const one of items) if (one.user_id === null) found.set(one.how, (found.get(one.how) ?? 0) + 1);
  if (!found.size) return "";
  const told = [...found].toSorted((a, b) => b[1] - a[1]).map(([how, count]) => `${howWords(how)} (${number(count)})`);
  return t("routing.past_reasons", { reasons: nameList(told) });
}

function Rows({
  account,
  simulation,
  nameOf,
}: {
  account: ChannelAccount;
  simulation: Simulation;
  nameOf: (id: string) => string;
}) {
  const now = new Date();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <div className="rolescroll" tabIndex={0} role="group" aria-label={account.name}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t("routing.when")}</th>
            <th scope="col">{t("routing.conversation")}</th>
            <th scope="col">{t("routing.who")}</th>
          </tr>
        </thead>
        <tbody>
          {simulation.items.toReversed().map((one, at) => (
            <tr key={one.conversation_id ?? at}>
              <td className="num">{messageTime(one.created_at, now)}</td>
              <td>
                {one.conversation_id === null ? (
                  <span className="muted">{t("routing.not_readable")}</span>
                ) : (
                  <Link
                    to="/inbox/$view/$conversation"
                    params={{ view: "all", conversation: one.conversation_id }}
                    search={{}}
                    dir="auto"
                  >
                    {one.contact_name}
                    {one.subject ? `: ${one.subject}` : ""}
                  </Link>
                )}
              </td>
              <td>
                {one.user_id ? nameOf(one.user_id) : t("assign.nobody")}
                <span className="block small-text muted">{whyWords(one)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
