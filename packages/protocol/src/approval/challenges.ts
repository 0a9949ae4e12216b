import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { concatBytes, utf8 } from "../encoding/bytes.ts";
import { taggedHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";

/** What an approval says: 0 proposes, 1 approves, 2 rejects. It is part of what is signed. */
export type Decision = 0 | 1 | 2;

/** The decisions by name. */
export const DECISION = { propose: 0, approve: 1, reject: 2 } as const;

/** Most documents that one touch may decide on. */
export const MAX_LIST = 50;

/** The invitation under which a passkey or recovery key is registered. */
export interface RegistrationNames {
  readonly aid: string;
  readonly inviteId: string;
  readonly adm: string;
}

/** What a raw key may sign. */
export type SignaturePurpose =
  | "genesis"
  | "local"
  | "recover"
  | "veto"
  | "receipt"
  | "attest"
  | "rootxfer"
  | "import"
  | "manifest"
  | "ack";

/**
 * The challenge under which a passkey decides on documents, and the hash that raw keys sign for the same.
 *
 * @param list - Hashes of 1 to 50 documents, in the order in which they were shown and will be carried out.
 * @throws {@link ProtocolError} `E_SCHEMA` for a list that is empty, too long or names a document twice; `E_CANON`
 * @see docs/spec/approval.md
 */
export function approveChallenge(decision: Decision, list: readonly string[]): Uint8Array<ArrayBuffer> {
  if (list.length < 1 || list.length > MAX_LIST || new Set(list).size !== list.length) {
    throw new ProtocolError("E_SCHEMA", "An approval names 1 to 50 different documents.", { documents: list.length });
  }
  const head = Uint8Array.of(decision, list.length >> 8, list.length & 255);
  return taggedHash("holdfast/approve/v1", head, ...list.map(decodeHash));
}

/** The challenge under which a passkey or recovery key is registered. */
export function registerChallenge({ aid, inviteId, adm }: RegistrationNames): Uint8Array<ArrayBuffer> {
  return taggedHash("holdfast/register/v1", utf8(aid), utf8(inviteId), utf8(adm));
}

/**
 * The challenge under which a recovery key is introduced later than at the founding. It stands for no administrator: a word
 * that is no administrator's id has that place.
 */
export function recoveryChallenge({ aid, inviteId }: Omit<RegistrationNames, "adm">): Uint8Array<ArrayBuffer> {
  return registerChallenge({ aid, inviteId, adm: "recovery" });
}

/** What a custodian signs to acknowledge duties. @throws {@link ProtocolError} `E_CANON` */
export function ackChallenge(hash: string): Uint8Array<ArrayBuffer> {
  return taggedHash("holdfast/ack/v1", decodeHash(hash));
}

/**
 * The bytes that a raw key signs: "holdfast/sig/&lt;purpose&gt;/v1\0" and the 32-byte hash.
 *
 * @param hash - A docHash as text, or a hash or challenge as bytes.
 * @throws {@link ProtocolError} `E_CANON` for anything but 32 bytes
 */
export function rawSignatureBase(purpose: SignaturePurpose, hash: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(
    utf8(`holdfast/sig/${purpose}/v1\0`),
    typeof hash === "string" ? decodeHash(hash) : checkHash(hash),
  );
}

/** A challenge as a browser writes it into clientDataJSON. */
export function challengeText(challenge: Uint8Array): string {
  return encodeBase64url(challenge);
}

function decodeHash(hash: string): Uint8Array {
  return checkHash(decodeBase64url(hash));
}

function checkHash(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 32) throw new ProtocolError("E_CANON", "A hash has 32 bytes.");
  return bytes;
}
