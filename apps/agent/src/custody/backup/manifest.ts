import { parseCoseVerifyingKey, type SigningHandle } from "@holdfast/crypto";
import {
  decodeBase64url,
  deriveAid,
  docHash,
  encodeCanonical,
  parseCanonical,
  rawSignatureBase,
} from "@holdfast/protocol";
import { CustodyError } from "../errors.ts";

/** What a backup says about itself, signed by the agent. Public: no names, no key metadata beyond a count. */
export interface BackupManifest {
  readonly typ: "manifest";
  readonly ver: 1;
  readonly tid: string;
  readonly aid: string;
  /** COSE_Key of the agent that made and signed it. */
  readonly aik: string;
  /** Unix seconds. */
  readonly made: number;
  readonly nonce: string;
  readonly backupTo: string;
  readonly rootCommit: string;
  readonly roster: { readonly seq: number; readonly hash: string };
  /** The signed checkpoint of the custody log the copy contains: the note's bytes, base64url. */
  readonly checkpoint: string;
  /** Entries of the custody log the copy contains. */
  readonly size: number;
  readonly keys: number;
  /** The root key, sealed by HPKE to `backupTo`. */
  readonly root: { readonly enc: string; readonly ct: string };
  /** The sealed stream: its length and SHA-256. */
  readonly blob: { readonly bytes: number; readonly sha256: string };
}

/** The members that exist before anything is sealed; what is sealed is bound to them. */
export type BackupHead = Pick<BackupManifest, "tid" | "aid" | "made" | "nonce" | "backupTo" | "rootCommit">;

const STRINGS = ["tid", "aid", "aik", "nonce", "backupTo", "rootCommit", "checkpoint"];
const NUMBERS = ["made", "size", "keys"];
const NESTED = {
  roster: { seq: "number", hash: "string" },
  root: { enc: "string", ct: "string" },
  blob: { bytes: "number", sha256: "string" },
};
const MEMBERS = ["typ", "ver", ...STRINGS, ...NUMBERS, ...Object.keys(NESTED)].sort().join();

/** Info of the sealed parts: what they are, and of which backup. The full form is version 2 and seals a key besides. */
export function sealInfo(part: "root" | "store" | "key", head: BackupHead, version: 1 | 2 = 1): Buffer {
  const { tid, aid, made, nonce, backupTo, rootCommit } = head;
  return Buffer.concat([
    Buffer.from(`holdfast/backup/v${version}/${part}\0`),
    encodeCanonical({ tid, aid, made, nonce, backupTo, rootCommit }),
  ]);
}

/** Encodes a manifest and signs it with the agent's key, purpose `manifest`. */
export function signManifest(
  manifest: BackupManifest,
  aik: SigningHandle,
): { bytes: Uint8Array; signature: Uint8Array } {
  const bytes = encodeCanonical({ ...manifest });
  return { bytes, signature: aik.sign(rawSignatureBase("manifest", docHash("manifest", bytes))) };
}

/**
 * Reads a manifest and checks that the agent it names signed it.
 *
 * It does not know whether that agent is the right one: the caller shows tid and aid, or compares them.
 *
 * @throws {@link CustodyError} `E_BACKUP_FORM`, `E_BACKUP_SIGNATURE`
 */
export function verifyManifest(bytes: Uint8Array, signature: Uint8Array): BackupManifest {
  const manifest = parseManifest(bytes);
  let signed = false;
  try {
    const cose = decodeBase64url(manifest.aik);
    const base = rawSignatureBase("manifest", docHash("manifest", bytes));
    signed = deriveAid(cose) === manifest.aid && parseCoseVerifyingKey(cose).verify(signature, base);
  } catch {
    signed = false;
  }
  if (!signed) throw new CustodyError("E_BACKUP_SIGNATURE");
  return manifest;
}

function parseManifest(bytes: Uint8Array): BackupManifest {
  let value: unknown;
  try {
    value = parseCanonical(bytes);
  } catch {
    throw new CustodyError("E_BACKUP_FORM");
  }
  const given = asRecord(value);
  const fits =
    Object.keys(given).sort().join() === MEMBERS &&
    given.typ === "manifest" &&
    given.ver === 1 &&
    STRINGS.every((name) => typeof given[name] === "string") &&
    NUMBERS.every((name) => typeof given[name] === "number") &&
    Object.entries(NESTED).every(([name, members]) => hasExactly(given[name], members));
  if (!fits) throw new CustodyError("E_BACKUP_FORM");
  return given as unknown as BackupManifest;
}

function hasExactly(value: unknown, members: Readonly<Record<string, string>>): boolean {
  const given = asRecord(value);
  return (
    Object.keys(given).length === Object.keys(members).length &&
    Object.entries(members).every(([name, type]) => typeof given[name] === type)
  );
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
