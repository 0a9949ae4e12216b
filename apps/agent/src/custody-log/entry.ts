import { encodeBase64url, type LeafEntry } from "@holdfast/protocol";
import type { StoredLeaf } from "../keystore/store.ts";

/** An entry as it travels: the leaf's bytes and what opens them. */
export type LogEntry = LeafEntry;

/** Brings a stored entry into the form in which it travels. */
export function toEntry({ n, bytes, opens, state, receipt, envelope }: StoredLeaf): LogEntry {
  return {
    n,
    leaf: encodeBase64url(bytes),
    ...(opens === null ? {} : { opens: JSON.parse(opens) }),
    ...(state === null ? {} : { state: encodeBase64url(state) }),
    ...(receipt === null ? {} : { receipt: JSON.parse(receipt) }),
    ...(envelope === null ? {} : { envelope: encodeBase64url(envelope) }),
  };
}
