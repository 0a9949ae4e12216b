import type { RootKey } from "@holdfast/crypto";
import {
  decodeBase64url,
  deriveTid,
  parseRosterLink,
  type RosterChain,
  type RosterLink,
  type VerifiedRoster,
  verifyRosterChain,
} from "@holdfast/protocol";
import { StoreError } from "../keystore/errors.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import { decodeBody, isAuthenticRow } from "../keystore/row.ts";
import type { Store } from "../keystore/store.ts";

/** The domain's chain of rosters: verified once at opening, and link by link as it grows. */
export class RosterStore {
  readonly #rosters: VerifiedRoster[];
  readonly #links: RosterLink[];
  readonly #listeners = new Set<(roster: VerifiedRoster) => void>();

  private constructor(rosters: readonly VerifiedRoster[], links: readonly RosterLink[]) {
    this.#rosters = [...rosters];
    this.#links = [...links];
  }

  /**
   * Reads and verifies the whole chain.
   *
   * Treats the rows as hostile: each has its MAC and names the entry that put it in force, and the chain its signatures.
   *
   * @param index - The verified custody log's word for which links are in force.
   * @throws {@link StoreError} `E_GENESIS` for a chain that is missing, altered or not the one that the log says
   */
  static async load(
    store: Store,
    root: RootKey,
    index: Pick<LogIndex, "rosterLinks" | "rosterEntry">,
  ): Promise<RosterStore> {
    const rows = [...store.rows("roster_link")].sort((a, b) => Number(a.id) - Number(b.id));
    const authentic = rows.every((row, seq) => Number(row.id) === seq && isAuthenticRow(root, "roster_link", row));
    if (!authentic || rows.length !== index.rosterLinks + 1)
      throw new StoreError("E_GENESIS", undefined, { links: rows.length });
    const links = rows.map((row) => parseRosterLink(decodeBody(row)));
    let chain: RosterChain;
    try {
      chain = await verifyRosterChain(links);
    } catch (cause) {
      throw Object.assign(new StoreError("E_GENESIS", "The stored roster chain does not verify."), { cause });
    }
    const { rosters } = chain;
    for (let seq = 1; seq < rosters.length; seq += 1) {
      const entry = index.rosterEntry(seq);
      if (entry?.hash !== rosters[seq]?.hash || entry?.n !== rows[seq]?.leaf)
        throw new StoreError("E_GENESIS", "The stored roster chain is not the one that the log records.", { seq });
    }
    return new RosterStore(rosters, links);
  }

  /** The roster in force. It changes while the agent runs: nobody keeps it. */
  current(): VerifiedRoster {
    return this.#rosters.at(-1) as VerifiedRoster;
  }

  /** The roster of a place of the chain; null beyond its end. */
  at(seq: number): VerifiedRoster | null {
    return this.#rosters[seq] ?? null;
  }

  /** Whether a command may have been proposed under this roster: it is in the chain. */
  includes({ seq, hash }: { readonly seq: number; readonly hash: string }): boolean {
    return this.#rosters[seq]?.hash === hash;
  }

  /** The identity key of a key server that some roster of the chain names; null for a stranger. */
  aikOf(aid: string): string | null {
    for (const { roster } of this.#rosters.toReversed()) {
      const agent = roster.agents.find((each) => each.aid === aid);
      if (agent) return agent.aik;
    }
    return null;
  }

  /** The chain as it is served to others, genesis first. */
  links(): readonly RosterLink[] {
    return this.#links;
  }

  /** Takes the next link. Caller must: have verified it and made it durable with its entry (RosterLinks does). */
  append(link: RosterLink, roster: VerifiedRoster): void {
    this.#links.push(link);
    this.#rosters.push(roster);
    for (const listener of this.#listeners) listener(roster);
  }

  /** Calls back when another roster is in force. @returns what stops it */
  onChange(listener: (roster: VerifiedRoster) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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
