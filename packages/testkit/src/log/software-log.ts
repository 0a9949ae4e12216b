import {
  decodeBase64url,
  docHash,
  type Entry,
  encodeBase64url,
  encodeLeaf,
  encodeState,
  type Leaf,
  type LeafActor,
  type LeafCause,
  type LeafKind,
  nameCommitment,
  type State,
  stateHash,
} from "@holdfast/protocol";
import {
  consistencyProof,
  formatCheckpoint,
  formatNote,
  inclusionProof,
  leafHash,
  logOrigin,
  MemoryTree,
  type NoteSignature,
  noteSignature,
} from "@holdfast/tlog";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { SoftwareDomain } from "../domain/software-domain.ts";

/** What a test says of a leaf; the log adds the rest. */
export interface LeafDraft {
  readonly kind: LeafKind;
  readonly subject: string;
  readonly actor?: LeafActor;
  readonly cause?: LeafCause;
  readonly code?: string;
  /** docHash of the state before. */
  readonly pre?: string | undefined;
  /** The state after. */
  readonly state?: State;
  readonly names?: { readonly label?: string; readonly alias?: string };
  readonly data?: Leaf["data"];
}

/** A domain's custody log in memory. Leaf 0 is the genesis, later links have a leaf each, as agents write them. */
export class SoftwareLog {
  readonly domain: SoftwareDomain;
  readonly entries: Entry[] = [];
  readonly tree = new MemoryTree();
  #links = 0;

  constructor(domain: SoftwareDomain) {
    this.domain = domain;
    this.recordLinks();
  }

  get size(): number {
    return this.tree.size;
  }

  /** Root, base64url. */
  get root(): string {
    return encodeBase64url(this.tree.root);
  }

  /** Writes a leaf for every roster link that has none yet. */
  recordLinks(): void {
    const { domain } = this;
    for (; this.#links < domain.links.length; this.#links += 1) {
      const link = domain.links[this.#links];
      const hash = docHash("roster", decodeBase64url(link?.doc ?? ""));
      if (this.#links === 0) this.append({ kind: "genesis", subject: domain.tid, data: {} });
      else this.append({ kind: "roster", subject: hash, data: {} });
    }
  }

  /** Appends a leaf. */
  append(draft: LeafDraft): Entry {
    const { tid, agent, clock, random } = this.domain;
    const n = this.tree.size;
    const state = draft.state ? encodeState(draft.state) : undefined;
    const opens = Object.entries(draft.names ?? {}).map(([name, value]) => ({ name, value, salt: random(16) }));
    const leaf = {
      typ: "leaf",
      ver: 1,
      tid,
      aid: agent.aid,
      n,
      ts: clock.now(),
      kind: draft.kind,
      subject: draft.subject,
      actor: draft.actor ?? { kind: "agent" },
      cause: draft.cause ?? { kind: "host" },
      code: draft.code,
      pre: draft.pre,
      post: state && stateHash(state),
      names: opens.length
        ? Object.fromEntries(opens.map(({ name, salt, value }) => [name, nameCommitment(salt, value)]))
        : undefined,
      data: draft.data,
    } as unknown as Leaf;
    const bytes = encodeLeaf(leaf);
    this.tree.append(leafHash(bytes));
    const entry: Entry = {
      n,
      leaf: encodeBase64url(bytes),
      ...(opens.length ? { opens: opened(opens) } : {}),
      ...(state ? { state: encodeBase64url(state) } : {}),
    };
    this.entries.push(entry);
    return entry;
  }

  /** Puts receipt and envelope beside an entry. */
  attach(n: number, beside: Pick<Entry, "receipt" | "envelope">): void {
    const entry = this.entries[n];
    if (entry) this.entries[n] = { ...entry, ...beside };
  }

  /** A signed checkpoint of the whole log, or of its first leaves, with further signature lines. */
  checkpoint(more: readonly NoteSignature[] = []): string {
    const { tid, agent } = this.domain;
    const text = formatCheckpoint({ origin: logOrigin(tid), size: this.tree.size, root: this.tree.root });
    const { key } = agent.noteSigner(tid);
    return formatNote({ text, signatures: [noteSignature(key, agent.alk.sign(utf8ToBytes(text))), ...more] });
  }

  /** Inclusion proof of entry `n` in the whole log. */
  inclusion(n: number): Uint8Array[] {
    return inclusionProof(n, this.size, this.tree.getNode);
  }

  /** Consistency proof from an earlier size to the whole log. */
  consistency(from: number): Uint8Array[] {
    return consistencyProof(from, this.size, this.tree.getNode);
  }
}

function opened(opens: readonly { name: string; value: string; salt: Uint8Array }[]): NonNullable<Entry["opens"]> {
  return Object.fromEntries(opens.map(({ name, value, salt }) => [name, { salt: encodeBase64url(salt), value }]));
}
