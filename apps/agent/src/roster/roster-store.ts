import type { RootKey } from "@holdfast/crypto";
import {
  decodeBase64url,
  deriveTid,
  parseRosterLink,
  type RosterLink,
  type VerifiedRoster,
  verifyRosterChain,
} from "@holdfast/protocol";
import { StoreError } from "../keystore/errors.ts";
import { decodeBody, isAuthenticRow } from "../keystore/row.ts";
import type { Store } from "../keystore/store.ts";

/** The domain's chain of rosters: verified once at opening, then pinned. */
export class RosterStore {
  readonly #rosters: readonly VerifiedRoster[];
  readonly #links: readonly RosterLink[];

  private constructor(rosters: readonly VerifiedRoster[], links: readonly RosterLink[]) {
    this.#rosters = rosters;
    this.#links = links;
  }

  /**
   * Reads and verifies the whole chain.
   *
   * Treats the rows as hostile: each has its MAC, and the chain its signatures.
   *
   * @param accepted - How many links after the genesis the verified custody log records.
   * @throws {@link StoreError} `E_GENESIS` for a chain that is missing, altered or not as long as the log says
   */
  static async load(store: Store, root: RootKey, accepted: number): Promise<RosterStore> {
    const rows = [...store.rows("roster_link")].sort((a, b) => Number(a.id) - Number(b.id));
    const authentic = rows.every((row, seq) => Number(row.id) === seq && isAuthenticRow(root, "roster_link", row));
    if (!authentic || rows.length !== accepted + 1)
      throw new StoreError("E_GENESIS", undefined, { links: rows.length });
    const links = rows.map((row) => parseRosterLink(decodeBody(row)));
    try {
      const chain = await verifyRosterChain(links);
      return new RosterStore(chain.rosters, links);
    } catch (cause) {
      throw Object.assign(new StoreError("E_GENESIS", "The stored roster chain does not verify."), { cause });
    }
  }

  /** The roster in force. */
  current(): VerifiedRoster {
    return this.#rosters.at(-1) as VerifiedRoster;
  }

  /** Whether a command may have been proposed under this roster: it is in the chain. */
  includes({ seq, hash }: { readonly seq: number; readonly hash: string }): boolean {
    return this.#rosters[seq]?.hash === hash;
  }

  /** The chain as it is served to others, genesis first. */
  links(): readonly RosterLink[] {
    return this.#links;
  }
}

/** The domain that a store says it belongs to, read without any check: for showing while sealed. Null before genesis. */
export function peekTid(store: Store): string | null {
  const row = store.findRow("roster_link", "0");
  if (row === null) return null;
  try {
    return deriveTid(decodeBase64url(parseRosterLink(decodeBody(row)).doc));
  } catch {
    return null;
  }
}
