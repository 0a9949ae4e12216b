import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Download, Page } from "playwright-core";
import { addAuthenticator, type StoredCredential, type VirtualAuthenticator } from "./chromium.ts";

/** A person at one device: browser tabs of one profile whose passkeys are the same in each. */
export class Person {
  readonly context: BrowserContext;
  readonly #authenticators = new Map<Page, VirtualAuthenticator>();
  readonly #passkeys = new Map<string, StoredCredential>();

  private constructor(context: BrowserContext) {
    this.context = context;
  }

  static async arrive(browser: Browser, options: { width?: number; dark?: boolean } = {}): Promise<Person> {
    const { width = 1280, dark = false } = options;
    const context = await browser.newContext({
      acceptDownloads: true,
      viewport: { width, height: 900 },
      colorScheme: dark ? "dark" : "light",
      // Painting movement in software takes the processor from what is tested.
      reducedMotion: "reduce",
    });
    return new Person(context);
  }

  /** Opens an address in a new tab that knows every passkey made so far. */
  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    const authenticator = await addAuthenticator(page);
    for (const credential of await this.passkeys()) await authenticator.addCredential(credential);
    this.#authenticators.set(page, authenticator);
    await page.goto(url);
    return page;
  }

  /** Every passkey of this device, each once. */
  async passkeys(): Promise<StoredCredential[]> {
    for (const authenticator of this.#authenticators.values()) {
      for (const credential of await authenticator.credentials())
        this.#passkeys.set(credential.credentialId, credential);
    }
    return [...this.#passkeys.values()];
  }

  /** Closes a tab; the passkeys made in it stay on the device. */
  async close(page: Page): Promise<void> {
    await this.passkeys();
    this.#authenticators.delete(page);
    await page.close();
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** Saves what a link hands out. @returns the file's path */
export async function saveFrom(page: Page, name: string | RegExp, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name }).click();
  const download: Download = await waiting;
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}
