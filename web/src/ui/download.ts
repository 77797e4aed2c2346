/* Files made in the browser: a table as CSV (RFC 4180) that a spreadsheet opens, and anything to be saved. */

/** A spreadsheet would take a cell that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

const cell = (value: string) => {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");

export function download(name: string, type: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** With the mark by which spreadsheets know UTF-8. */
export const downloadCsv = (name: string, rows: readonly (readonly string[])[]): void =>
  download(name, "text/csv;charset=utf-8", `\ufeff${csvOf(rows)}`);
