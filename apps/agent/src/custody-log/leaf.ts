import type { LeafActor, LeafCause } from "@holdfast/protocol";

/** Salted names inside a leaf: the values that the entry opens. */
export interface LeafNames {
  readonly label?: string;
  readonly alias?: string;
}

/** What a writer says of an entry; the log adds domain, agent, index and time. */
export interface NewLeaf {
  readonly kind: string;
  readonly subject: string;
  readonly actor: LeafActor;
  readonly cause: LeafCause;
  readonly code?: string;
  readonly pre?: string;
  readonly post?: string;
  readonly names?: LeafNames;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Bytes whose docHash is `post`. */
  readonly state?: Uint8Array;
}
