import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** What axe objects to on a page, a line each: the rule, how bad, and where. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`);
  const results = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
  return results.violations.map(({ id, impact, nodes }) => {
    return `${id} (${impact}): ${nodes.map(({ target }) => target.join(" ")).join(", ")}`;
  });
}
