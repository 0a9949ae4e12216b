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
import type { Store, StoredRow } from "../keystore/store.ts";

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
    const problem = missingOrAltered(rows, root, index.rosterLinks + 1);
    if (problem !== null) throw new StoreError("E_GENESIS", problem, {}, DAMAGED);
    const links = rows.map((row) => parseRosterLink(decodeBody(row)));
    let chain: RosterChain;
    try {
      chain = await verifyRosterChain(links);
    } catch (cause) {
      throw Object.assign(new StoreError("E_GENESIS", "The stored roster chain does not verify.", {}, DAMAGED), {
        cause,
      });
    }
    const { rosters } = chain;
    for (let seq = 1; seq < rosters.length; seq += 1) {
      const entry = index.rosterEntry(seq);
      if (entry?.hash !== rosters[seq]?.hash || entry?.n !== rows[seq]?.leaf)
        throw new StoreError(
          "E_GENESIS",
          "The stored roster chain is not the one that the log records.",
          { seq },
          DAMAGED,
        );
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

/** The first row of the chain that is missing, of another place or not as this agent wrote it; null where all are. */
function missingOrAltered(rows: readonly StoredRow[], root: RootKey, count: number): string | null {
  for (let seq = 0; seq < Math.max(rows.length, count); seq += 1) {
    const row = rows[seq];
    if (seq >= count)
      return `The list of administrators holds a version ${row?.id} that the custody log does not know.`;
    if (row === undefined || Number(row.id) !== seq)
      return `Version ${seq} of the list of administrators is missing (roster_link ${seq}).`;
    if (!isAuthenticRow(root, "roster_link", row))
      return `Version ${seq} of the list of administrators (roster_link ${seq}) is not as this agent wrote it${seq === 0 ? ", or the store's root key is another's" : ""}.`;
  }
  return null;
}

/** What a person does where the chain of administrators cannot be believed. */
const DAMAGED =
  "Nothing was changed. Keep the disk as evidence, find out who changed the store, and restore a backup (docs/operate/backup.md).";

/** Whether a store holds a domain, readable or not. */
export function holdsDomain(store: Store): boolean {
  return store.findRow("roster_link", "0") !== null || store.leaves(0, 1).length > 0;
}

/**
 * The domain that a store belongs to; null for one that holds none.
 *
 * @throws {@link StoreError} `E_GENESIS` where there is one, and the document that founded it is gone or cannot be read
 */
export function readTid(store: Store): string | null {
  const tid = peekTid(store);
  if (tid !== null || !holdsDomain(store)) return tid;
  const how = store.findRow("roster_link", "0") === null ? "is gone" : "cannot be read";
  throw new StoreError("E_GENESIS", `The document that founded this environment (roster_link 0) ${how}.`, {}, DAMAGED);
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
