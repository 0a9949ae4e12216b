import type { KeyHandle } from "@holdfast/crypto";
import type { LeafNames } from "../custody-log/leaf.ts";
import type { ClientRecord, DomainRecord, KeyRecord } from "../keystore/records.ts";

/**
 * One change that an act makes, as a value: what was, what shall be. The executor alone carries it out and fills in
 * the entry's index (`leaf`, `rowLeaf`).
 */
export type Effect = KeyEffect | ClientEffect | DomainEffect | EntryEffect;

/** A key made or changed. */
export interface KeyEffect {
  readonly on: "key";
  readonly before: KeyRecord | null;
  readonly after: KeyRecord;
  /** Whether the key's head moves: its state, versions, group or extractability change. */
  readonly movesHead: boolean;
  /** New material for the version of the same number in `after`. */
  readonly created?: KeyHandle;
  /** Material of versions before it, of a key that comes with them. */
  readonly earlier?: readonly { readonly version: number; readonly handle: KeyHandle }[];
  /** Versions whose material is removed from store and memory. */
  readonly dropped?: readonly number[];
  readonly names?: LeafNames;
  /** What its entry carries besides. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A client enrolled or withdrawn. */
export interface ClientEffect {
  readonly on: "client";
  readonly before: ClientRecord | null;
  readonly after: ClientRecord;
  readonly names?: LeafNames;
}

/** The domain locked, unlocked or brought back from a restore. */
export interface DomainEffect {
  readonly on: "domain";
  readonly before: DomainRecord;
  readonly after: DomainRecord;
}

/** An entry that changes no row. */
export interface EntryEffect {
  readonly on: "entry";
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}
