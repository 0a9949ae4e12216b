import { decodeBase64url } from "../encoding/base64url.ts";
import { docHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { type Signed, signedSchema } from "../receipt/signed.ts";
import { base64urlBytes, plainText } from "../schema/fields.ts";
import { type Infer, integer, object, optional } from "../schema/schema.ts";
import { parseState, type State } from "../state/state.ts";
import { type Leaf, parseLeaf } from "./leaf.ts";
import { nameCommitment, SALT_BYTES } from "./name-commitment.ts";

const opening = object({ salt: base64urlBytes(SALT_BYTES), value: plainText(1, 256) });

const entry = object({
  n: integer(),
  leaf: base64urlBytes(2, 65_536),
  opens: optional(object({ label: optional(opening), alias: optional(opening) })),
  state: optional(base64urlBytes(2, 65_536)),
  receipt: optional(signedSchema),
  envelope: optional(base64urlBytes(2, 524_288)),
});

/** A leaf with what opens it. It is not signed; {@link openEntry} checks it against the leaf. */
export type Entry = Infer<typeof entry>;

/** An entry whose parts fit its leaf. */
export interface OpenedEntry {
  readonly leaf: Leaf;
  /** The leaf's bytes: what the tree hashes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The names that the entry opens. */
  readonly names: { readonly label?: string; readonly alias?: string };
  /** The state after it. */
  readonly state: State | null;
  /** Not verified: see `verifyReceipt`. */
  readonly receipt: Signed | null;
  readonly envelope: Uint8Array<ArrayBuffer> | null;
}

/** Reads an entry from JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseEntry(value: unknown): Entry {
  return entry.read(value, "entry");
}

/**
 * Opens an entry and checks everything in it against its leaf: index, names, state.
 *
 * Caller must: check the leaf's inclusion in a signed checkpoint; only that makes it evidence.
 *
 * @throws {@link ProtocolError} `E_COMMITMENT` for a part that is not the one the leaf names; the codes of
 *   {@link parseLeaf} and {@link parseState}
 */
export function openEntry(given: Entry): OpenedEntry {
  const bytes = decodeBase64url(given.leaf);
  const leaf = parseLeaf(bytes);
  if (leaf.n !== given.n) throw unfitting("index");
  const names: { label?: string; alias?: string } = {};
  for (const name of ["label", "alias"] as const) {
    const opens = given.opens?.[name];
    if (opens === undefined) continue;
    if (nameCommitment(decodeBase64url(opens.salt), opens.value) !== leaf.names?.[name]) throw unfitting(name);
    names[name] = opens.value;
  }
  const { receipt, envelope } = given;
  return {
    leaf,
    bytes,
    names,
    state: openState(given, leaf),
    receipt: receipt ?? null,
    envelope: envelope === undefined ? null : decodeBase64url(envelope),
  };
}

function openState({ state }: Entry, leaf: Leaf): State | null {
  if (state === undefined) return null;
  const bytes = decodeBase64url(state);
  if (docHash("state", bytes) !== leaf.post) throw unfitting("state");
  return parseState(bytes);
}

function unfitting(part: string): ProtocolError {
  return new ProtocolError("E_COMMITMENT", `The entry's ${part} is not the one its leaf names.`, { part });
}
