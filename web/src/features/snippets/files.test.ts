import { describe, expect, test } from "vitest";
import { asCsv, asJson, readFile } from "./files";

const SNIPPETS = [
  {
    shortcut: "hello",
    name: "Greeting",
    text: 'Hi "you",\nwelcome; really',
    html: "<p>Hi</p>",
    is_shared: true,
    subject: "",
  },
  { shortcut: "sum", name: "=1+1", text: "-5 degrees", html: "", is_shared: false, subject: "Order {order.number|1}" },
];

describe("what was written is read again", () => {
  const again = (content: string) => {
    const { rows, problem } = readFile(content);
    expect(problem).toBeNull();
    return rows.map(({ line: _line, ...row }) => row);
  };
  test("as CSV", () => expect(again(asCsv(SNIPPETS))).toEqual(SNIPPETS));
  test("as JSON", () => expect(again(asJson(SNIPPETS))).toEqual(SNIPPETS));
});

test("nothing in a cell is a formula to a spreadsheet", () => {
  expect(asCsv(SNIPPETS)).toContain("sum,'=1+1,'-5 degrees,,no");
});

test("a spreadsheet's own file is read: semicolons, a byte order mark, columns in any order, empty lines", () => {
  const { rows } = readFile('\ufeffText;Shortcut;Shared\r\n"Two\r\nlines";two;ja\r\n;;\r\nOne;one;\r\n');
  expect(rows).toEqual([
    { line: 2, shortcut: "two", name: "", text: "Two\r\nlines", html: "", subject: "", is_shared: true },
    { line: 5, shortcut: "one", name: "", text: "One", html: "", subject: "", is_shared: undefined },
  ]);
});

test("what cannot be read says why", () => {
  expect(readFile("[{]").problem).toBe("format");
  expect(readFile('{"a": 1}').problem).toBe("columns");
  expect(readFile("name,body\nx,y\n").problem).toBe("columns");
  expect(readFile('[{"shortcut": 5, "text": null}, null]').rows).toHaveLength(2);
});
