import { sha256 } from "@noble/hashes/sha2.js";
import { decodeBase64, encodeBase64 } from "../encoding/base64.ts";
import { concatBytes, utf8 } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";

/** Signature types this package knows: plain Ed25519 notes, and Ed25519 cosignatures with a time. */
export const NOTE_TYPE = { ed25519: 1, cosignature: 4 } as const;

/** One of {@link NOTE_TYPE}. */
export type NoteType = (typeof NOTE_TYPE)[keyof typeof NOTE_TYPE];

/** A public key that signs notes, as its vkey string says it. Name and id together identify it in a note. */
export type NoteKey = {
  readonly name: string;
  readonly id: number;
  readonly type: NoteType;
  readonly publicKey: Uint8Array;
};

/** Characters a key name may not hold: Unicode spaces, plus, and what no note may hold at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming the refused control characters is the point.
const NAME_REFUSED = /[\s\u0085\u0000-\u001f\u007f+]/u;
const MAX_NAME_CHARS = 255;

/** Whether a string can name a key in a note. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_NAME_CHARS && !NAME_REFUSED.test(name) && name.isWellFormed();
}

/**
 * Makes a note key; its id is computed as the specification recommends.
 *
 * @throws {@link TlogError} `V_MALFORMED` for a bad name or a key that is not 32 bytes.
 * @see C2SP signed-note, "Signatures"; tlog-cosignature, "Format"
 */
export function noteKey(name: string, type: NoteType, publicKey: Uint8Array): NoteKey {
  if (!isKeyName(name)) throw new TlogError("V_MALFORMED", "not a key name");
  if (publicKey.length !== 32) throw new TlogError("V_MALFORMED", "an Ed25519 public key has 32 bytes");
  return { name, id: noteKeyId(name, type, publicKey), type, publicKey };
}

function noteKeyId(name: string, type: NoteType, publicKey: Uint8Array): number {
  const digest = sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/**
 * Parses a verifier key `name+hexid+base64(type ‖ key)`.
 *
 * Our keys always have the recommended id, so any other id is refused: it could only be a misprint.
 *
 * @throws {@link TlogError} `V_MALFORMED`
 */
export function parseVkey(vkey: string): NoteKey {
  const [, name = "", hex = "", encoded = ""] = /^([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,64})$/.exec(vkey) ?? [];
  if (!encoded) throw new TlogError("V_MALFORMED", "not a verifier key");
  const bytes = decodeBase64(encoded);
  const type = Object.values(NOTE_TYPE).find((each) => each === bytes[0]);
  if (type === undefined) throw new TlogError("V_MALFORMED", "unknown signature type in a verifier key");
  const key = noteKey(name, type, bytes.slice(1));
  if (key.id !== Number.parseInt(hex, 16)) throw new TlogError("V_MALFORMED", "a verifier key whose id does not fit");
  return key;
}

/** Writes a key as its vkey string. */
export function formatVkey(key: NoteKey): string {
  const id = key.id.toString(16).padStart(8, "0");
  return `${key.name}+${id}+${encodeBase64(concatBytes(Uint8Array.of(key.type), key.publicKey))}`;
}
