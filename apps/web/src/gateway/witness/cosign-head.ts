import { putWitnessHead, type Scope, type TenantClient } from "@holdfast/db";
import { encodeBase64url } from "@holdfast/protocol";
import { cosign, formatNote, formatSignatureLine, TlogError, type VerifiedCheckpoint } from "@holdfast/tlog";
import type { StoredTree } from "../ingest/stored-tree.ts";
import type { Witness } from "./witness-key.ts";

/** A head that is stored whole, and what was cosigned before it. */
export interface HeadToCosign {
  readonly checkpoint: VerifiedCheckpoint;
  readonly tree: StoredTree;
  readonly cosigned: { readonly size: number; readonly root: string } | null;
  readonly witness: Witness;
  readonly now: number;
}

/** Most signature lines that are kept with a head. */
const MOST_LINES = 16;

/**
 * Cosigns a head that extends the one cosigned before, and stores that before anything is answered.
 *
 * @returns our line, and the note with it
 * @throws {@link TlogError} `W_EQUIVOCATION` when the stored log no longer contains what was cosigned
 */
export async function cosignHead(
  tx: TenantClient,
  scope: Scope,
  { checkpoint, tree, cosigned, witness, now }: HeadToCosign,
): Promise<{ line: string; note: string }> {
  const { size, root, note } = checkpoint;
  if (cosigned && (cosigned.size > size || encodeBase64url(tree.rootAt(cosigned.size)) !== cosigned.root)) {
    throw new TlogError("W_EQUIVOCATION", "the head does not extend the cosigned one", {
      size,
      cosigned: cosigned.size,
    });
  }
  const signature = await cosign(note.text, witness.signer, now);
  const line = formatSignatureLine(signature);
  const cosignedAt = new Date(now * 1000);
  await putWitnessHead(tx, scope, { size, root: encodeBase64url(root), cosignature: line, cosignedAt });
  const others = note.signatures.filter(({ name }) => name !== witness.signer.key.name);
  const signatures = [...others.slice(0, MOST_LINES - 1), signature];
  return { line, note: formatNote({ text: note.text, signatures }) };
}
