/* Says once more, at the very end, what went wrong and where: of a long run often only the last lines are kept. */
import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const LINES = 12;

export default class AtEnd implements Reporter {
  private readonly failed: string[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === test.expectedStatus || result.status === "skipped") return;
    const place = `${test.location.file.split("/").at(-1)}:${test.location.line}`;
    const said = (result.errors[0]?.message ?? result.status)
      .replace(COLOURS, "")
      .split("\n")
      .filter((line) => line.trim() && !/^expect\(|^[-+] (Expected|Received) +[-+]/.test(line))
      .slice(0, LINES);
    const line = result.errors[0]?.location?.line;
    this.failed.push(
      [`${place} (try ${result.retry + 1}) ${test.title}${line ? `, line ${line}` : ""}`, ...said].join("\n    "),
    );
  }

  onEnd(_: FullResult): void {
    if (this.failed.length) process.stdout.write(`\nWhat failed, in short:\n  ${this.failed.join("\n  ")}\n`);
  }

  printsToStdio(): boolean {
    return false;
  }
}
