import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { CUSTOMER_NAME } from "./named-page.ts";

/** Where a Chromium may be: named by CHROMIUM_PATH, the machine's own, or what Playwright installed. */
export function findChromium(): string {
  const candidates = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
  const found = candidates.find((path) => path && existsSync(path)) ?? chromium.executablePath();
  if (!existsSync(found)) throw new TypeError("No Chromium: set CHROMIUM_PATH, or run `npm test`, which installs it.");
  return found;
}

/** A real browser with a folder of its own. */
export async function openBrowser(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), "holdfast-chromium-"));
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP ${CUSTOMER_NAME} 127.0.0.1`,
      // The customer's name has a certificate that only a test's own authority could have made.
      "--ignore-certificate-errors",
    ],
    env: { ...process.env, HOME: home },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/**
 * Gives a page a virtual authenticator with user verification and resident keys, as a laptop's own would be.
 *
 * One authenticator holds the passkeys of every RP ID that this page visits, as a person's device does.
 */
export async function addAuthenticator(
  page: Page,
  transport: "internal" | "usb" = "internal",
): Promise<VirtualAuthenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    addCredential: async (credential) => {
      await session.send("WebAuthn.addCredential", { authenticatorId, credential });
    },
    setUserVerified: async (isUserVerified) => {
      await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
  };
}

export type StoredCredential = Awaited<ReturnType<VirtualAuthenticator["credentials"]>>[number];

export interface VirtualAuthenticator {
  credentials(): Promise<
    {
      credentialId: string;
      isResidentCredential: boolean;
      rpId?: string;
      privateKey: string;
      userHandle?: string;
      signCount: number;
    }[]
  >;
  addCredential(credential: StoredCredential): Promise<void>;
  setUserVerified(verified: boolean): Promise<void>;
}
