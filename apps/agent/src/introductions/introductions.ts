import { type RootKey, randomBytes } from "@holdfast/crypto";
import {
  encodeBase64url,
  encodeIntroduction,
  type IntroducedObject,
  type Introduction,
  introductionHash,
  isName,
  parseIntroduction,
  referTo,
} from "@holdfast/protocol";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "../keystore/row.ts";
import type { Store } from "../keystore/store.ts";
import type { Logger } from "../logger.ts";
import { IntroductionError } from "./errors.ts";

/** What was given to this agent. */
export interface TakenIntroduction {
  readonly hash: string;
  /** `intro:` and the hash: what a command's argument says. */
  readonly reference: string;
  /** Its canonical bytes, base64url, as envelopes carry them. */
  readonly doc: string;
  readonly introduction: Introduction;
  /** How it came: at the page by an invitation, or by the local command line. */
  readonly by: "page" | "cli";
}

/** What introductions are kept with. */
export interface IntroductionParts {
  readonly store: Store;
  readonly root: RootKey;
  readonly tid: string;
  readonly aid: string;
  /** The time to date them with, Unix seconds. */
  readonly time: () => number;
  readonly logger: Logger;
}

/** How long commands may name an introduction, in seconds. */
export const INTRODUCTION_SECONDS = 7 * 86_400;
const MOST = 500;

/**
 * What newcomers gave directly to this agent, until it is over.
 *
 * The store is not trusted with them: each is kept under the domain's MAC, and one that this agent did not write is as
 * good as not there.
 */
export class Introductions {
  readonly #parts: IntroductionParts;
  readonly #taken = new Map<string, TakenIntroduction>();
  readonly #listeners = new Set<() => void>();

  constructor(parts: IntroductionParts) {
    this.#parts = parts;
    const { store, root, logger } = parts;
    for (const row of store.rows("introduction")) {
      if (isAuthenticRow(root, "introduction", row)) this.#keep(decodeBody(row));
      else logger.error("introduction.foreign", { id: row.id });
    }
    this.#sweep();
  }

  /**
   * Takes an object and gives it its name: the hash of its bytes with 16 random ones of this agent, so that neither the
   * newcomer nor anybody on the way chooses the words.
   *
   * Caller must: have the object from the newcomer directly, by the page or the local socket.
   * @throws {@link IntroductionError} `E_LIMIT`, `E_OFFER` for a label that is none
   */
  take(object: IntroducedObject, label: string, by: TakenIntroduction["by"]): TakenIntroduction {
    this.#sweep();
    if (this.#taken.size >= MOST) throw new IntroductionError("E_LIMIT");
    const name = label.normalize("NFC");
    if (name.length > 128 || !isName(name))
      throw new IntroductionError(
        "E_OFFER",
        "The name has 1 to 128 characters of plain text, and no spaces at its ends.",
      );
    const { tid, aid, time, store, root } = this.#parts;
    const issued = time();
    const bytes = encodeIntroduction({
      ...{ typ: "intro", ver: 1, tid, aid, label: name, object, issued, until: issued + INTRODUCTION_SECONDS },
      rand: encodeBase64url(randomBytes(16)),
    });
    const hash = introductionHash(bytes);
    const body = { doc: encodeBase64url(bytes), by };
    store.putRow("introduction", sealRow(root, "introduction", { id: hash, body: encodeBody(body), leaf: 0 }));
    const taken = this.#keep(body);
    this.#changed();
    return taken;
  }

  /** Calls back whenever something was taken or forgotten. @returns what stops it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What was taken under a hash and is not over; null otherwise. */
  find(hash: string): TakenIntroduction | null {
    const found = this.#taken.get(hash);
    return found !== undefined && this.#parts.time() <= found.introduction.until ? found : null;
  }

  all(): readonly TakenIntroduction[] {
    this.#sweep();
    return [...this.#taken.values()];
  }

  /** Forgets one: no command may name it any more. @throws {@link IntroductionError} `E_NOT_FOUND` */
  remove(hash: string): void {
    if (!this.#taken.delete(hash)) throw new IntroductionError("E_NOT_FOUND");
    this.#parts.store.removeRow("introduction", hash);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #keep({ doc, by }: Pick<TakenIntroduction, "doc" | "by">): TakenIntroduction {
    const bytes = Buffer.from(doc, "base64url");
    const hash = introductionHash(bytes);
    const taken = { hash, reference: referTo(hash), doc, introduction: parseIntroduction(bytes), by };
    this.#taken.set(hash, taken);
    return taken;
  }

  #sweep(): void {
    const now = this.#parts.time();
    for (const [hash, { introduction }] of this.#taken) if (introduction.until < now) this.remove(hash);
  }
}
