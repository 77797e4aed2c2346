import { Fragment, type ReactNode } from "react";

/** The little Markdown that guides are written in: headings, paragraphs, lists, tables, code, emphasis and links. Nothing in it becomes markup by itself. */
export function Guide({ text }: { text: string }) {
  const blocks = text
    .replaceAll("\r\n", "\n")
    .split(/\n{2,}/)
    .filter((block) => block.trim());
  return (
    <div className="guide">
      {blocks.map((block) => (
        <Block key={block} text={block} />
      ))}
    </div>
  );
}

function Block({ text }: { text: string }) {
  const lines = text.split("\n");
  const first = lines[0] ?? "";
  if (first.startsWith("```")) return <pre>{lines.filter((line) => !line.startsWith("```")).join("\n")}</pre>;
  if (/^#{1,4} /.test(first)) {
    const rest = lines.slice(1).join("\n").trim();
    return (
      <>
        <h2>{inline(first.replace(/^#+ /, ""))}</h2>
        {rest ? <Block text={rest} /> : null}
      </>
    );
  }
  if (first.startsWith("|")) return <Rows lines={lines} />;
  const isNumbered = /^\d+[.)] /.test(first);
  if (isNumbered || /^[-*] /.test(first)) {
    const items = text.split(/\n(?=\d+[.)] |[-*] )/).map((item) => item.replace(/^(\d+[.)]|[-*]) /, ""));
    const children = items.map((item) => <li key={item}>{inline(item.replaceAll("\n", " "))}</li>);
    return isNumbered ? <ol>{children}</ol> : <ul>{children}</ul>;
  }
  return <p>{inline(lines.join(" "))}</p>;
}

function Rows({ lines }: { lines: string[] }) {
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = "", , ...body] = lines;
  return (
    <table>
      <thead>
        <tr>
          {cells(head).map((cell) => (
            <th key={cell}>{inline(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.map((line) => (
          <tr key={line}>
            {cells(line).map((cell) => (
              <td key={cell}>{inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const PARTS = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g;

function inline(text: string): ReactNode[] {
  const nodes: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(PARTS)) {
    nodes.push(<Fragment key={at}>{text.slice(at, match.index)}</Fragment>);
    const [whole, code, bold, soft, words, href] = match;
    const key = `${match.index}`;
    if (code) nodes.push(<code key={key}>{code}</code>);
    else if (soft) nodes.push(<em key={key}>{soft}</em>);
    else if (bold) nodes.push(<strong key={key}>{bold}</strong>);
    else
      nodes.push(
        <a key={key} href={href} target="_blank" rel="noopener noreferrer">
          {words}
        </a>,
      );
    at = match.index + whole.length;
  }
  nodes.push(<Fragment key={`end${at}`}>{text.slice(at)}</Fragment>);
  return nodes;
}
