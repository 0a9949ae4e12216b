import type { Page } from "playwright-core";
import { type Person, saveFrom } from "./person.ts";
import type { Product } from "./product.ts";

/** An environment that somebody founded, with the tabs in which it was done. */
export interface Founded {
  readonly dashboard: Page;
  /** Where the environment's pages are: `<dashboard>/<tenant>/<environment>`. */
  readonly place: string;
  /** The eight words as the console showed them. */
  readonly words: readonly string[];
  /** The 24 words of the replacement key. */
  readonly replacementKey: readonly string[];
  readonly token: string;
  readonly claimUrl: string;
}

/** The first key and client, and the files that were handed out. */
export interface FirstObjects {
  readonly keyId: string;
  readonly files: { readonly crt: string; readonly key: string; readonly ca: string };
}

/** Makes an account and names an environment. @returns the dashboard at its first step */
export async function signUp(person: Person, product: Product, organisation = "Northwind"): Promise<Page> {
  const page = await person.open(product.dashboardUrl);
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByRole("button", { name: /Create account with a passkey/ }).click();
  await page.waitForURL("**/welcome");
  await page.getByLabel("Organisation").fill(organisation);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL("**/start");
  return page;
}

/** From an empty dashboard to an environment whose words were compared in this browser. */
export async function foundEnvironment(person: Person, product: Product): Promise<Founded> {
  const dashboard = await signUp(person, product);
  const place = new URL(dashboard.url()).pathname.replace(/\/start$/, "");
  await dashboard.getByRole("button", { name: "Make a token" }).click();
  const token = (await dashboard.getByTestId("enrolment-token").textContent())?.trim() ?? "";
  const claimUrl = (await product.waitFor(/(http:\/\/agent\.localhost:\d+\/claim#[\w-]{22})/))[1] ?? "";
  const { words, replacementKey } = await registerAdministrator(person, product, { claimUrl, token });
  await compareWords(dashboard, words);
  return { dashboard, place: new URL(place, product.dashboardUrl).href, words, replacementKey, token, claimUrl };
}

/** The key server's own page: token, approval passkey, replacement key, and the console's yes. */
export async function registerAdministrator(
  person: Person,
  product: Product,
  { claimUrl, token }: { claimUrl: string; token: string },
): Promise<{ words: string[]; replacementKey: string[] }> {
  const page = await person.open(claimUrl);
  await page.getByLabel(/Your name/).fill("Ada Lovelace");
  await page.getByLabel(/Token/).fill(token);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Create approval passkey" }).click();
  await page.getByRole("button", { name: "Use the passkey" }).click();
  const list = page.locator("ol.words li");
  await list.nth(23).waitFor();
  const replacementKey = (await list.allTextContents()).map((word) => word.trim());
  await page.getByLabel(/last word/).fill(replacementKey.at(-1) ?? "");
  await page.getByRole("button", { name: "I have kept it" }).click();
  const [text] = await product.waitFor(/Matching words\s+1 (?:\w+\s+\d ){7}\w+/);
  const words = [...text.matchAll(/\d (\w+)/g)].map((match) => match[1] ?? "");
  product.type("y");
  await product.waitFor(/Founded/);
  await page.getByText("Your key server is yours").waitFor();
  await person.close(page);
  return { words, replacementKey };
}

/** Types the three words that this browser asks for. */
export async function compareWords(dashboard: Page, words: readonly string[]): Promise<void> {
  const fields = dashboard.locator('input[name^="word-"]');
  await fields.nth(2).waitFor({ timeout: 60_000 });
  for (const field of await fields.all()) {
    const position = Number((await field.getAttribute("name"))?.slice("word-".length));
    await field.fill(words[position - 1] ?? "");
  }
  await dashboard.getByRole("button", { name: "Compare" }).click();
  await dashboard.getByText(/Checked: this browser holds/).waitFor();
}

/** Proposes the first key and client together, approves them in one touch and saves the client's files. */
export async function makeFirstObjects(
  person: Person,
  { dashboard }: Pick<Founded, "dashboard">,
  folder: string,
): Promise<FirstObjects> {
  await dashboard.getByRole("button", { name: "Show the exact requests" }).click();
  await dashboard.getByRole("button", { name: "Propose both" }).click();
  const url = await dashboard
    .getByRole("link", { name: /Approve (both in one touch|on your key server)/ })
    .getAttribute("href");
  const page = await approve(person, url ?? "");
  const crt = await saveFrom(page, "Save client.crt", folder);
  const key = await saveFrom(page, "Save client.key", folder);
  const ca = await saveFrom(page, "Save ca.crt", folder);
  await person.close(page);
  await dashboard.getByText("Paste this in a terminal").waitFor({ timeout: 30_000 });
  const href = await dashboard.getByRole("link", { name: "See the key" }).getAttribute("href");
  return { keyId: href?.split("/").at(-1) ?? "", files: { crt, key, ca } };
}

/** Opens what waits at the key server's page and approves all of it with one touch. */
export async function approve(person: Person, url: string): Promise<Page> {
  const page = await person.open(url);
  const button = page.getByRole("button", { name: /^Approve/ });
  await button.waitFor();
  await button.click(); // waits until it answers: a second after everything is shown
  await page
    .getByRole("heading", { level: 1, name: /Done|Approved/ })
    .waitFor()
    .catch(async () => {
      throw new TypeError(`Not approved; the page says:\n${await page.locator("body").textContent()}`);
    });
  return page;
}
