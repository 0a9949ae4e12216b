import { type KeyEncryptionKey, openRootKey, type RootKey, sealRootKey } from "@holdfast/crypto";
import { CustodyError } from "./errors.ts";
import { type KekSource, parseKekSource } from "./kek-source.ts";

/** The agent's public keys, known also while sealed. All base64url. */
export interface AgentIdentity {
  readonly aid: string;
  /** P-256, COSE_Key: requests, receipts, attestations. */
  readonly aik: string;
  /** Ed25519, COSE_Key: checkpoints. */
  readonly alk: string;
  /** P-256 point, 65 bytes: receives the domain's root key. */
  readonly hpke: string;
  /** P-256, SubjectPublicKeyInfo: the domain's CA. */
  readonly ca: string;
  /** P-256, SubjectPublicKeyInfo: signs reports. */
  readonly report: string;
  /** Ed25519, COSE_Key of the local administrator; null in a domain with passkey administrators. */
  readonly local: string | null;
  /** P-256 point, 65 bytes: receives backups. */
  readonly backupTo: string;
  /** HKDF(root, "holdfast/rootcommit/v1"). */
  readonly rootCommit: string;
}

/** What the store holds under the name `custody`. */
export interface CustodyRecord {
  readonly identity: AgentIdentity;
  readonly kek: KekSource;
  /** The root key under the key-encryption key, bound to the identity. */
  readonly sealedRoot: Uint8Array;
}

const IDENTITY_MEMBERS = ["aid", "aik", "alk", "hpke", "ca", "report", "local", "backupTo", "rootCommit"] as const;

/** Seals the root key for this identity and encodes the record. */
export function encodeCustodyRecord(
  identity: AgentIdentity,
  source: KekSource,
  kek: KeyEncryptionKey,
  root: RootKey,
): Uint8Array {
  const sealedRoot = sealRootKey(kek, root, encodeIdentity(identity)).toString("base64url");
  return Buffer.from(JSON.stringify({ ver: 1, identity, kek: source, sealedRoot }), "utf8");
}

/** @throws {@link CustodyError} `E_CUSTODY_RECORD` for anything but a record this version writes */
export function parseCustodyRecord(bytes: Uint8Array): CustodyRecord {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    throw new CustodyError("E_CUSTODY_RECORD");
  }
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (
    given.ver !== 1 ||
    typeof given.sealedRoot !== "string" ||
    typeof given.identity !== "object" ||
    given.identity === null
  ) {
    throw new CustodyError("E_CUSTODY_RECORD");
  }
  const members = given.identity as Record<string, unknown>;
  for (const name of IDENTITY_MEMBERS) {
    if (typeof members[name] !== "string" && !(name === "local" && members[name] === null))
      throw new CustodyError("E_CUSTODY_RECORD");
  }
  return {
    identity: members as unknown as AgentIdentity,
    kek: parseKekSource(given.kek),
    sealedRoot: Buffer.from(given.sealedRoot, "base64url"),
  };
}

/** @throws {@link CustodyError} `E_KEK` for a wrong key, another agent's record, or a changed one */
export function openRecordRoot(record: CustodyRecord, kek: KeyEncryptionKey): RootKey {
  try {
    return openRootKey(kek, record.sealedRoot, encodeIdentity(record.identity));
  } catch {
    throw new CustodyError("E_KEK");
  }
}

/** Fixed order of members, so that one identity has one form. */
function encodeIdentity(identity: AgentIdentity): string {
  return JSON.stringify(IDENTITY_MEMBERS.map((name) => identity[name]));
}
