import { createHash, type X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import type { Agent } from "../agent.ts";
import { writeDurably } from "../durable-file.ts";
import { StoreError } from "../keystore/errors.ts";
import { channelOf } from "../roster/channel-of.ts";
import { Claim } from "../roster/claim.ts";
import { addressesIn, passkeysAt } from "../roster/passkeys-at.ts";
import { PageError } from "./page-error.ts";
import { pagePlace } from "./page-setup.ts";

/** What one browser proved of one address of the page. */
export interface PageChecked {
  readonly origin: string;
  /** Unix seconds. */
  readonly at: number;
  /** Whether TLS ended at this key server; `front` where something before it speaks TLS and could change the page. */
  readonly tls: "own" | "front" | "none";
  /** SHA-256 of the certificate that this key server showed, colons between bytes; null where it showed none. */
  readonly fingerprint: string | null;
}

/** What the page and the console are told of a check. */
export interface PageCheckAnswer extends PageChecked {
  readonly channel: "customer" | "this-machine";
  readonly rpId: string;
  /** When the certificate ends, Unix seconds; null where this key server shows none. */
  readonly notAfter: number | null;
  /** Passkeys in force that belong to this address, and the addresses that others belong to. */
  readonly passkeys: number;
  readonly elsewhere: readonly string[];
}

const FILE = "checked.json";

/**
 * Proves an address of the page from a browser: a one-use word, printed by the console as an address, comes back through the name, so
 * that the browser has found this very key server by it, and has trusted what it was shown.
 */
export class PageChecks {
  readonly #agent: Agent;
  #waiting: { readonly claim: Claim; readonly origin: string; answer: PageCheckAnswer | null } | null = null;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** A new word for an address; the one before is void. */
  begin(origin: string): { readonly url: string; readonly expiresAt: number } {
    const { clock } = this.#agent;
    const { claim, word } = Claim.make(clock, Number.POSITIVE_INFINITY); // strangers' wrong words end nothing: it has 128 bits
    this.#waiting = { claim, origin, answer: null };
    return { url: `${origin}/check#${word}`, expiresAt: clock.now() + 600 };
  }

  /** What came of the newest check; null while no browser has opened it. */
  answer(): PageCheckAnswer | null {
    return this.#waiting?.answer ?? null;
  }

  /** What a browser proved last, also before this start; null for nothing. */
  last(origin: string): PageChecked | null {
    const path = join(pagePlace(this.#agent.dataDirectory, origin), FILE);
    if (!existsSync(path)) return null;
    try {
      return JSON.parse(readFileSync(path, "utf8")) as PageChecked;
    } catch {
      return null;
    }
  }

  /**
   * Takes the word from the page.
   *
   * @param served - The address that the listener serves, by this key server's own settings.
   * @param said - The address as the browser has it.
   * @throws {@link PageError} `E_PAGE_CHECK` for a word that is used, too old, or of another address
   */
  take(served: string, said: string, word: string, request: IncomingMessage): PageCheckAnswer {
    const waiting = this.#waiting;
    try {
      if (waiting === null) throw new StoreError("E_CLAIM");
      waiting.claim.use(word);
    } catch {
      throw this.#refused("This address was used, or is too old.");
    }
    if (said !== served || waiting.origin !== served)
      throw this.#refused(`The browser has ${said.slice(0, 300)}, and this key server serves ${served}.`);
    const { domain, clock, dataDirectory } = this.#agent;
    const { certificate, ...shown } = shownBy(request, served);
    const roster = domain?.rosters.current().roster ?? { admins: [] };
    const checked: PageChecked = { origin: served, at: clock.now(), ...shown };
    const place = pagePlace(dataDirectory, served);
    mkdirSync(place, { recursive: true, mode: 0o700 });
    writeDurably(join(place, FILE), `${JSON.stringify(checked)}\n`);
    waiting.answer = {
      ...checked,
      ...{ channel: channelOf(served), rpId: new URL(served).hostname },
      notAfter: certificate === null ? null : Math.floor(Date.parse(certificate.validTo) / 1000),
      passkeys: passkeysAt(roster, served).length,
      elsewhere: addressesIn(roster).filter((origin) => origin !== served),
    };
    return waiting.answer;
  }

  #refused(what: string): PageError {
    this.#agent.refusals.count("E_PAGE_CHECK");
    return new PageError("E_PAGE_CHECK", what, "Make a new one at the console: `holdfast-agent page check`.");
  }
}

function shownBy({ socket }: IncomingMessage, origin: string) {
  const certificate = socket instanceof TLSSocket ? (socket.getX509Certificate() ?? null) : null;
  const tls = certificate !== null ? "own" : origin.startsWith("https:") ? "front" : "none";
  return { certificate, tls, fingerprint: certificate === null ? null : fingerprintOf(certificate) } as const;
}

function fingerprintOf({ raw }: X509Certificate): string {
  const hex = createHash("sha256").update(raw).digest("hex").toUpperCase();
  return (hex.match(/../g) ?? []).join(":");
}
