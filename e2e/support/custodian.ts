import type { Page } from "playwright-core";
import { type Person, saveFrom } from "./person.ts";

/** A custodian at a device of their own, with what they keep at home. */
export interface CustodianAtHome {
  readonly name: string;
  /** The one tab of their device: a virtual passkey's secret does not move to another. */
  readonly page: Page;
  readonly keyFile: string;
  readonly passphrase: string;
  /** The eight words of the introduction, as their screen showed them. */
  readonly introduced: readonly string[];
}

/** The domain's eight words, as everybody has them on paper. */
export type Sheet = readonly string[];

/** Accepts duties, keeps and tries a key file, adds a passkey, and reads the words out. */
export async function becomeCustodian(
  person: Person,
  { name, url, folder }: { readonly name: string; readonly url: string; readonly folder: string },
): Promise<CustodianAtHome> {
  const page = await person.open(url);
  await page.getByRole("button", { name: "I accept these duties" }).click();
  const passphrase = (await page.locator(".passphrase code").textContent()) ?? "";
  const keyFile = await saveFrom(page, "Save the key file", folder);
  await page.getByLabel("The file that you saved").setInputFiles(keyFile);
  await page.getByLabel("Its passphrase").fill(passphrase);
  await page.getByRole("button", { name: "It opens: go on" }).click();
  await page.getByRole("button", { name: "Add my passkey" }).click();
  await page.getByRole("heading", { name: "Now say these eight words" }).waitFor();
  const introduced = await wordsOn(page);
  return { name, page, keyFile, passphrase, introduced };
}

/** Gives a share, or proves it in a drill: by passkey, or by the key file. @returns what the page says then */
export async function giveShare(
  { name, page, keyFile, passphrase }: CustodianAtHome,
  url: string,
  sheet: Sheet,
  way: "passkey" | "key file",
): Promise<string> {
  await openAt(page, url);
  await page.getByRole("button", { name, exact: true }).click();
  await typeWords(page, sheet);
  if (way === "key file") {
    await page.getByLabel("Key file", { exact: true }).setInputFiles(keyFile);
    await page.getByLabel("Its passphrase").fill(passphrase);
  }
  await page.getByRole("button", { name: new RegExp(`with my ${way}$`) }).click();
  const said = page.getByRole("heading", { level: 1, name: /^(Given|Proved)$/ }).or(page.getByRole("alert"));
  await said.first().waitFor();
  return (await page.locator("main").textContent()) ?? "";
}

/** Opens an address anew, also the one that is open. */
export async function openAt(page: Page, url: string): Promise<void> {
  await page.bringToFront();
  await page.goto("about:blank");
  await page.goto(url);
}

/** Types the words that the page asks for, from the sheet. */
export async function typeWords(page: Page, sheet: Sheet): Promise<void> {
  const fields = page.locator('input[name^="word-"]');
  await fields.nth(2).waitFor();
  for (const field of await fields.all()) {
    const place = Number((await field.getAttribute("name"))?.slice("word-".length));
    await field.fill(sheet[place - 1] ?? "");
  }
}

/** The eight words that a page shows. */
export async function wordsOn(page: Page): Promise<string[]> {
  const text = (await page.locator(".words-line").first().textContent()) ?? "";
  return text.split(/[\s·]+/).filter((word) => word !== "");
}

/** Types what an approver heard from each newcomer, whose words are told apart by the label of their introduction. */
export async function hearAll(page: Page, custodians: readonly CustodianAtHome[]): Promise<void> {
  const sections = page.locator("section.heard");
  await sections.nth(custodians.length - 1).waitFor();
  for (const section of await sections.all()) {
    const title = (await section.locator("h2").textContent()) ?? "";
    const words = custodians.find(({ name }) => title.includes(name))?.introduced ?? [];
    for (const line of await section.locator(".heard-words .field").all()) {
      const place = Number((await line.locator("label").textContent())?.replace("Word ", ""));
      await line.locator("input").fill(words[place - 1] ?? "");
    }
  }
}
