import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandLineRun, type Served } from "../../apps/agent/src/cli/testing/command-line-run.ts";
import { freePort } from "../../apps/agent/src/local-page/testing/page-caller.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";

let opened: { browser: Browser; close: () => Promise<void> };
let line: CommandLineRun;
let served: Served;
beforeAll(async () => {
  opened = await openBrowser();
  line = new CommandLineRun();
  const port = await freePort();
  await line.run("init", "--standalone", "--name", "keys-1", "--unseal", "shares:2of3", "--shares-to", line.path("s"));
  served = await line.serve(["--rest", "off", "--page", `127.0.0.1:${port}`]);
});
afterAll(async () => {
  await line.close();
  await opened.close();
});

/** A custodian's share as it was written down. */
function shareOf(number: number): string {
  const [, ...words] = readFileSync(line.path("s", `share-${number}.txt`), "utf8")
    .trim()
    .split("\n\n");
  return words.join(" ").replace(/\s+/g, " ").trim();
}

/** A custodian at a screen of their own. */
async function custodian(options: { width: number; colorScheme: "light" | "dark" }) {
  const { width, colorScheme } = options;
  const context = await opened.browser.newContext({ viewport: { width, height: 740 }, colorScheme });
  const page = await context.newPage();
  await page.goto(served.ready.page);
  return page;
}

describe("custodians who open a sealed key server at its page", () => {
  it("give one share each, unseen, on screens of their own, and a wrong one is named", async () => {
    const first = await custodian({ width: 360, colorScheme: "dark" });
    await first.getByRole("heading", { name: "keys-1 is sealed" }).waitFor();
    await first.getByText("It takes 2 of 3 shares. None has been given yet; 2 are still needed.").waitFor();
    const field = first.getByLabel("Your share");
    expect(await field.getAttribute("type")).toBe("password");
    expect(await accessibilityProblems(first)).toEqual([]);
    expect(await first.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await field.fill(shareOf(3).replace(/^3/, "1"));
    await first.getByRole("button", { name: "Give my share" }).click();
    await first.getByText("Share 1 is not one of this agent's.").waitFor();
    await field.fill(shareOf(3));
    await first.getByRole("button", { name: "Give my share" }).click();
    await first.getByRole("heading", { name: "Your share was taken" }).waitFor();
    expect(await first.getByLabel("Your share").count()).toBe(0); // nobody gives a second one here
    expect(await first.locator("main").textContent()).not.toContain(shareOf(3).split(" ")[4]);

    const second = await custodian({ width: 1280, colorScheme: "light" });
    await second.getByText("One has been given; 1 is still needed.").waitFor();
    await second.getByLabel("Your share").fill(shareOf(1));
    await second.getByRole("button", { name: "Give my share" }).click();
    await second.getByRole("heading", { name: "keys-1 is open" }).waitFor();
    expect(await accessibilityProblems(second)).toEqual([]);
    expect((await line.run("status")).json).toMatchObject({ sealed: false, shares: { given: 0 } });
  });
});
