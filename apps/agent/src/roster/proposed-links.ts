import type { RootKey } from "@holdfast/crypto";
import { decodeBase64url, encodeBase64url, type RosterLinkDelay } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { ProposalOrigin } from "../admission/pending.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "../keystore/row.ts";
import type { Store } from "../keystore/store.ts";
import type { UnitOfWork } from "../lifecycle/unit-of-work.ts";
import type { Logger } from "../logger.ts";
import { type ReadLink, readLinkEnvelope } from "./link-envelope.ts";

/** A link's wait: when it began, and when it is over in the agent's running time. */
export interface LinkWait extends RosterLinkDelay {
  /** In the agent's running time, seconds. */
  readonly dueSeconds: number;
  /** By the clock as it stood when the wait began, Unix seconds. */
  readonly dueAt: number;
  /** When it was accepted, Unix seconds: what its `acceptBy` was judged by. */
  readonly acceptedAt: number;
}

/** A link that waits for approvals, or for its delay. */
export interface ProposedLink {
  readonly read: ReadLink;
  readonly origin: ProposalOrigin;
  readonly receivedAt: number;
  /** When each approval arrived, Unix seconds, by credential. */
  readonly approvedAt: Readonly<Record<string, number>>;
  /** Null while it waits for approvals. */
  readonly wait: LinkWait | null;
}

interface Row extends Omit<ProposedLink, "read"> {
  readonly envelope: string;
}

/** Most links that may wait for approvals; of those that the mailbox brought half, so that the host's own always fit. */
export const MAX_PROPOSED_LINKS = 64;
const MAX_FROM_MAILBOX = 32;

/**
 * Links that wait. The store is not trusted with them: each row has its MAC, and one whose delay runs is believed only
 * where the log's last word about it is the entry that the row names.
 */
export class ProposedLinks {
  readonly #store: Store;
  readonly #root: RootKey;
  readonly #links = new Map<string, ProposedLink>();
  /** Links whose delay runs, as the log says, and of which the store has no row that counts. */
  readonly lost: readonly string[];

  constructor(parts: {
    readonly store: Store;
    readonly root: RootKey;
    readonly index: Pick<LogIndex, "link" | "scheduledLinks">;
    readonly logger: Logger;
  }) {
    const { store, root, index, logger } = parts;
    this.#store = store;
    this.#root = root;
    for (const row of store.rows("proposed_link")) {
      const entry = index.link(row.id);
      const link = isAuthenticRow(root, "proposed_link", row) ? toLink(decodeBody<Row>(row)) : null;
      const waits = link?.wait !== null;
      const fits =
        link?.read.hash === row.id && (waits ? entry?.state === "scheduled" && entry.n === row.leaf : !entry);
      if (fits && link) this.#links.set(row.id, link);
      else logger.error("roster.link-foreign", { hash: row.id });
    }
    this.lost = index.scheduledLinks().filter((hash) => !this.#links.has(hash));
    for (const hash of this.lost) logger.error("roster.link-lost", { hash });
  }

  find(hash: string): ProposedLink | null {
    return this.#links.get(hash) ?? null;
  }

  all(): readonly ProposedLink[] {
    return [...this.#links.values()];
  }

  /** Links whose delay runs. */
  waiting(): readonly (ProposedLink & { readonly wait: LinkWait })[] {
    return this.all().flatMap((each) => (each.wait === null ? [] : [{ ...each, wait: each.wait }]));
  }

  /** Keeps a link that waits for approvals. @throws {@link AdmissionError} `E_LIMIT` when too many wait */
  put(link: ProposedLink): void {
    const { hash } = link.read;
    if (!this.#links.has(hash)) this.#makeRoom(link);
    this.#store.transact(() => {
      const body = encodeBody(toRow(link));
      this.#store.putRow("proposed_link", sealRow(this.#root, "proposed_link", { id: hash, body, leaf: 0 }));
    });
    this.#links.set(hash, link);
  }

  /** What the mailbox brought and nobody signed goes first; it never keeps out what was proposed at this host. */
  #makeRoom(link: ProposedLink): void {
    const waiting = this.all().filter(({ wait }) => wait === null);
    const isForeign = ({ origin }: ProposedLink) => origin === "mailbox";
    const most = isForeign(link) ? MAX_FROM_MAILBOX : MAX_PROPOSED_LINKS;
    const rivals = isForeign(link) ? waiting.filter(isForeign) : waiting;
    if (rivals.length < most) return;
    const unsigned = waiting.filter(({ read }) => isUnsigned(read));
    const first =
      (isUnsigned(link.read) && isForeign(link) ? undefined : unsigned.find(isForeign)) ??
      (isForeign(link) ? undefined : waiting.find(isForeign)) ??
      (link.read.kind === "recover" ? unsigned.find(({ read }) => read.kind !== "recover") : undefined);
    if (first === undefined || (isForeign(link) && !isForeign(first)))
      throw new AdmissionError("E_LIMIT", "Too many changes of administrators and rules wait at this agent.", { most });
    this.drop(first.read.hash);
  }

  /** Writes the wait of an accepted link beside its entry `n`. */
  schedule(unit: UnitOfWork, link: ProposedLink, n: number): void {
    unit.putRow("proposed_link", link.read.hash, toRow(link), n);
    unit.afterCommit(() => void this.#links.set(link.read.hash, link));
  }

  /** Removes what has ended, in the transaction of its entry. */
  end(unit: UnitOfWork, hash: string): void {
    unit.removeRow("proposed_link", hash);
    unit.afterCommit(() => void this.#links.delete(hash));
  }

  /** Forgets a link that nobody's decision stands behind. */
  drop(hash: string): void {
    if (this.#links.delete(hash)) this.#store.transact(() => this.#store.removeRow("proposed_link", hash));
  }
}

function isUnsigned({ envelope }: ReadLink): boolean {
  return envelope.approvals.length === 0;
}

function toRow({ read, ...rest }: ProposedLink): Row {
  return { ...rest, envelope: encodeBase64url(read.bytes) };
}

function toLink({ envelope, ...rest }: Row): ProposedLink {
  return { ...rest, read: readLinkEnvelope(decodeBase64url(envelope)) };
}
