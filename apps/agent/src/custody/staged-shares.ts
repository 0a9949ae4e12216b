import { randomBytes } from "node:crypto";
import type { KeyEncryptionKey } from "@holdfast/crypto";
import { CustodyError } from "./errors.ts";
import { type ShareScheme, type ShareText, setNameOf } from "./shares.ts";

/** Shares that were made and open nothing yet: each is handed to a custodian, and then they take effect. */
export interface StagedShares {
  readonly shares: readonly ShareText[];
  /** The set they are of, as it stands on each. */
  readonly set: string;
  /** Makes them take effect, or drops them. */
  readonly ticket: string;
}

/** A key-encryption key of custodians that opens nothing yet. */
export interface StagedKek {
  readonly kek: KeyEncryptionKey;
  readonly source: ShareScheme;
}

/** How long custodians may take, one after the other. */
const STAGED_MS = 60 * 60_000;

/** The one new set of shares that waits until its custodians have it. In memory only: an end of the process drops it. */
export class Staged {
  #held: (StagedKek & { readonly ticket: string; readonly timer: NodeJS.Timeout }) | null = null;

  /** Keeps it for an hour, in the place of what waited before. */
  keep({ kek, source, shares = [] }: StagedKek & { readonly shares?: readonly ShareText[] }): StagedShares {
    this.drop();
    const ticket = randomBytes(16).toString("base64url");
    const timer = setTimeout(() => this.drop(), STAGED_MS).unref();
    this.#held = { kek, source, ticket, timer };
    return { shares, set: setNameOf(source), ticket };
  }

  /** What waits under a ticket; it goes on waiting. @throws {@link CustodyError} `E_REKEY_NONE` */
  get(ticket: string): StagedKek {
    if (this.#held?.ticket !== ticket) throw new CustodyError("E_REKEY_NONE");
    return this.#held;
  }

  /** Wipes what waits. */
  drop(): void {
    if (this.#held === null) return;
    clearTimeout(this.#held.timer);
    this.#held.kek.zeroize();
    this.#held = null;
  }
}
