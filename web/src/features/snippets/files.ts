/* Snippets as files: CSV for a spreadsheet, JSON for a program, both ways. Pure; what a row is worth is decided by the server (core/snippets/bring_in.py). */
import type { Snippet } from "../../api/types";
import { csvOf } from "../../ui/download";

export interface Row {
  /** The line of the file it begins at, from 1; in JSON its place in the list. */
  line: number;
  shortcut: string;
  name: string;
  text: string;
  html: string;
  /** Of a whole email; "" for a snippet. */
  subject: string;
  /** Undefined: the file does not say. */
  is_shared: boolean | undefined;
}

/** `problem`: why nothing of it can be read. */
export interface Read {
  rows: Row[];
  problem: "format" | "columns" | null;
}

const COLUMNS = ["shortcut", "name", "text", "html", "shared", "subject"] as const;
const GUARDED = /^'(?=[=+\-@\t\r])/;

type Written = Pick<Snippet, "shortcut" | "name" | "text" | "html" | "is_shared" | "subject">;

export const asJson = (snippets: Written[]): string =>
  `${JSON.stringify(
    snippets.map(({ is_shared, shortcut, name, text, html, subject }) => ({
      shortcut,
      name,
      text,
      html,
      shared: is_shared,
      subject,
    })),
    null,
    2,
  )}\n`;

export const asCsv = (snippets: Written[]): string =>
  csvOf([
    COLUMNS,
    ...snippets.map(({ shortcut, name, text, html, is_shared, subject }) => [
      shortcut,
      name,
      text,
      html,
      is_shared ? "yes" : "no",
      subject,
    ]),
  ]);

/** Takes either kind, whatever the file is called. */
export function readFile(content: string): Read {
  const text = content.replace(/^\ufeff/, "");
  return /^\s*[[{]/.test(text) ? readJson(text) : readCsv(text);
}

function readJson(text: string): Read {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { rows: [], problem: "format" };
  }
  const list = Array.isArray(given) ? given : (given as { items?: unknown }).items;
  if (!Array.isArray(list)) return { rows: [], problem: "columns" };
  const rows = list.map((one: unknown, index): Row => {
    const { shared, is_shared, ...rest } = (one ?? {}) as Record<string, unknown>;
    const word = (name: string) => (typeof rest[name] === "string" ? (rest[name] as string) : "");
    const isShared = shared ?? is_shared;
    return {
      line: index + 1,
      shortcut: word("shortcut"),
      name: word("name"),
      text: word("text"),
      html: word("html"),
      subject: word("subject"),
      is_shared: typeof isShared === "boolean" ? isShared : undefined,
    };
  });
  return { rows, problem: null };
}

function readCsv(text: string): Read {
  const first = text.split(/\r?\n/, 1)[0] ?? "";
  const delimiter = [",", ";", "\t"].sort((a, b) => first.split(b).length - first.split(a).length)[0] ?? ",";
  const [head, ...lines] = cells(text, delimiter);
  const places = new Map(head?.values.map((name, at) => [name.trim().toLowerCase(), at]));
  if (!places.has("shortcut") || !(places.has("text") || places.has("html"))) return { rows: [], problem: "columns" };
  const rows = lines
    .filter(({ values }) => values.some((value) => value.trim()))
    .map(({ line, values }): Row => {
      const word = (name: string) => (values[places.get(name) ?? -1] ?? "").replace(GUARDED, "");
      const shared = word("shared").trim().toLowerCase();
      return {
        line,
        shortcut: word("shortcut").trim(),
        name: word("name").trim(),
        text: word("text"),
        html: word("html"),
        subject: word("subject"),
        is_shared: shared === "" ? undefined : ["yes", "ja", "true", "1", "x"].includes(shared),
      };
    });
  return { rows, problem: null };
}

/** The cells of a CSV file (RFC 4180), with the line each row begins at. */
function cells(text: string, delimiter: string): { line: number; values: string[] }[] {
  const rows: { line: number; values: string[] }[] = [];
  let line = 1;
  let row = { line, values: [] as string[] };
  let value = "";
  let isQuoted = false;
  const endRow = () => {
    row.values.push(value);
    value = "";
    rows.push(row);
    row = { line, values: [] };
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "\n") line++;
    if (isQuoted) {
      if (char !== '"') value += char;
      else if (text[at + 1] === '"') value += text[++at];
      else isQuoted = false;
    } else if (char === '"' && value === "") isQuoted = true;
    else if (char === delimiter) {
      row.values.push(value);
      value = "";
    } else if (char === "\n") endRow();
    else if (char !== "\r" || text[at + 1] !== "\n") value += char;
  }
  if (value || row.values.length) endRow();
  return rows;
}
