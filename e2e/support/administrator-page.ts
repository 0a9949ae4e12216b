import type { Page } from "playwright-core";
import { hear, wordsOn } from "./heard-words.ts";
import type { Person } from "./person.ts";

/** Makes a passkey at an invitation's address. @returns the words that the screen shows then */
export async function makePasskey(device: Person, url: string): Promise<{ page: Page; words: string[] }> {
  const page = await device.open(url);
  const begin = page.getByRole("button", { name: "Begin" });
  const create = page.getByRole("button", { name: "Create approval passkey" });
  await begin.or(create).first().waitFor();
  if (await begin.isVisible()) await begin.click();
  await create.click();
  await page.getByRole("button", { name: "Use the passkey" }).click();
  const enough = page.getByRole("button", { name: "One is enough for now" });
  const shown = page.locator(".words-line");
  await enough.or(shown).first().waitFor();
  if (await enough.isVisible()) await enough.click();
  await shown.waitFor();
  return { page, words: await wordsOn(page) };
}

/** One touch at the key server's page, with newcomers' words where they are asked for. @returns what it says then */
export async function decide(device: Person, url: string, ...heard: (readonly string[])[]): Promise<string> {
  const page = await device.open(url);
  for (const words of heard) await hear(page, words);
  await page.getByRole("button", { name: /^Approve/ }).click();
  const heading = page.getByRole("heading", { level: 1, name: /^(Done|Approved|This was not done)/ });
  await heading.waitFor().catch(async () => {
    throw new TypeError(`Not decided; the page says:\n${await page.locator("body").textContent()}`);
  });
  const said = (await heading.textContent()) ?? "";
  await device.close(page);
  return said;
}
