import { encodeBase64url } from "@holdfast/protocol";
import { leafHash, MemoryTree } from "@holdfast/tlog";

/** A key by its id and the bytes of its state document. */
export type KeyStateBytes = { readonly id: string; readonly bytes: Uint8Array };

/**
 * What an attestation says of a domain's keys: how many it has ever had, and the RFC 6962 root over their state
 * documents in the order of their ids.
 */
export function keysDigest(states: Iterable<KeyStateBytes>): { readonly count: number; readonly root: string } {
  const tree = new MemoryTree();
  const sorted = [...states].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { bytes } of sorted) tree.append(leafHash(bytes));
  return { count: tree.size, root: encodeBase64url(tree.root) };
}
