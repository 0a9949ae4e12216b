import {
  generateRecipientKey,
  generateSigningKey,
  type KeyEncryptionKey,
  type RecipientHandle,
  type SigningHandle,
  type SigningScheme,
  unwrapRecipientKey,
  unwrapSigningKey,
  wrapRecipientKey,
  wrapSigningKey,
} from "@holdfast/crypto";
import { deriveAid } from "@holdfast/protocol";
import type { AgentIdentity } from "./custody-record.ts";
import { CustodyError } from "./errors.ts";
import type { SecretStore } from "./secret-store.ts";

/** The agent's own private keys, as handles. */
export interface AgentKeys {
  readonly aik: SigningHandle;
  readonly alk: SigningHandle;
  readonly hpke: RecipientHandle;
  readonly ca: SigningHandle;
  readonly report: SigningHandle;
  /** The local administrator; null in a domain with passkey administrators. */
  readonly local: SigningHandle | null;
}

const SCHEMES = {
  aik: "P-256",
  alk: "Ed25519",
  ca: "P-256",
  report: "P-256",
  local: "Ed25519",
} as const satisfies Record<string, SigningScheme>;

/** Makes a new agent's keys; `local` only for a standalone domain. */
export function generateAgentKeys(standalone: boolean): AgentKeys {
  return {
    aik: generateSigningKey(SCHEMES.aik),
    alk: generateSigningKey(SCHEMES.alk),
    hpke: generateRecipientKey(),
    ca: generateSigningKey(SCHEMES.ca),
    report: generateSigningKey(SCHEMES.report),
    local: standalone ? generateSigningKey(SCHEMES.local) : null,
  };
}

/** Names the public halves. */
export function identityOf(keys: AgentKeys, backupTo: Uint8Array, rootCommit: Uint8Array): AgentIdentity {
  return {
    aid: deriveAid(keys.aik.publicKey.cose),
    aik: base64url(keys.aik.publicKey.cose),
    alk: base64url(keys.alk.publicKey.cose),
    hpke: base64url(keys.hpke.publicKey),
    ca: base64url(keys.ca.publicKey.spki),
    report: base64url(keys.report.publicKey.spki),
    local: keys.local === null ? null : base64url(keys.local.publicKey.cose),
    backupTo: base64url(backupTo),
    rootCommit: base64url(rootCommit),
  };
}

/** Wraps every key for the store. */
export function wrapAgentKeys(kek: KeyEncryptionKey, keys: AgentKeys): Readonly<Record<string, Uint8Array>> {
  return {
    aik: wrapSigningKey(kek, keys.aik, "aik"),
    alk: wrapSigningKey(kek, keys.alk, "alk"),
    hpke: wrapRecipientKey(kek, keys.hpke, "hpke"),
    ca: wrapSigningKey(kek, keys.ca, "ca"),
    report: wrapSigningKey(kek, keys.report, "report"),
    ...(keys.local === null ? {} : { local: wrapSigningKey(kek, keys.local, "local") }),
  };
}

/**
 * Unwraps every key and checks that it is the one the identity names.
 *
 * @throws {@link CustodyError} `E_CUSTODY_RECORD` when one is missing, does not unwrap or is another
 */
export function unwrapAgentKeys(kek: KeyEncryptionKey, store: SecretStore, identity: AgentIdentity): AgentKeys {
  const wrapped = (name: string): Uint8Array => {
    const found = store.findSecret(name);
    if (found === null) throw new CustodyError("E_CUSTODY_RECORD", undefined, { name });
    return found;
  };
  const signing = (name: keyof typeof SCHEMES): SigningHandle => unwrapSigningKey(kek, wrapped(name), name);
  let keys: AgentKeys;
  try {
    keys = {
      aik: signing("aik"),
      alk: signing("alk"),
      hpke: unwrapRecipientKey(kek, wrapped("hpke"), "hpke"),
      ca: signing("ca"),
      report: signing("report"),
      local: identity.local === null ? null : signing("local"),
    };
  } catch {
    throw new CustodyError("E_CUSTODY_RECORD");
  }
  const named = identityOf(
    keys,
    Buffer.from(identity.backupTo, "base64url"),
    Buffer.from(identity.rootCommit, "base64url"),
  );
  if (JSON.stringify(Object.entries(named).sort()) !== JSON.stringify(Object.entries(identity).sort())) {
    throw new CustodyError("E_CUSTODY_RECORD");
  }
  return keys;
}

/** Drops every key. */
export function zeroizeAgentKeys(keys: AgentKeys): void {
  for (const key of Object.values(keys)) key?.zeroize();
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
