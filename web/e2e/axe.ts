/* axe looks for what keeps people out (WCAG 2.2 AA). It is put into the page once and run there: its own runner for Playwright puts it in anew for each look, opens
 * a second page for the result and hands over all that is right, which takes six times as long and finds the same. */
import type { Page } from "@playwright/test";
import axeCore, { type RunOptions } from "axe-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Rules {
  /** Only these; left out, all. */
  only?: string[];
  /** All but these. */
  but?: string[];
}

/** What is wrong with the page, and where; of what stands in frames nothing, for mails are not ours. */
export async function violations(page: Page, { only, but = [] }: Rules = {}): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeCore.source);
  const options: RunOptions = {
    runOnly: only ? { type: "rule", values: only } : { type: "tag", values: TAGS },
    rules: Object.fromEntries(but.map((rule) => [rule, { enabled: false }])),
    resultTypes: ["violations"],
  };
  const found = await page.evaluate(async (how) => {
    const { axe } = window as unknown as { axe: typeof axeCore };
    return (await axe.run({ exclude: [["iframe"]] }, how)).violations;
  }, options);
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`,
  );
}
