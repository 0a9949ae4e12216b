import { createPrivateKey } from "node:crypto";
import type { ImportedKey, KeyUsage } from "@holdfast/protocol";
import type { SourceKey, SourceMaterial } from "../key-source.ts";
import { encodePath } from "./encode-path.ts";
import type { VaultPeer } from "./vault-peer.ts";

interface TransitKind {
  readonly algorithm: string;
  readonly type: ImportedKey["type"];
  readonly usage: readonly KeyUsage[];
  /** As Vault's export calls it. */
  readonly exported: "encryption-key" | "signing-key" | "hmac-key";
}

const secret = (algorithm: string): TransitKind => ({
  ...{ algorithm, type: "symmetric-key", usage: ["encrypt", "decrypt"], exported: "encryption-key" },
});
const signing = (algorithm: string): TransitKind => ({
  ...{ algorithm, type: "private-key", usage: ["sign", "verify"], exported: "signing-key" },
});
const rsa = (algorithm: string): TransitKind => ({
  ...{ algorithm, type: "private-key", usage: ["sign", "verify", "encrypt", "decrypt"], exported: "encryption-key" },
});

/** Kinds of Transit keys that are moved. @see developer.hashicorp.com/vault/api-docs/secret/transit (type) */
const KINDS: Readonly<Record<string, TransitKind>> = {
  "aes128-gcm96": secret("AES-128"),
  "aes256-gcm96": secret("AES-256"),
  "chacha20-poly1305": secret("ChaCha20-Poly1305"),
  ed25519: signing("Ed25519"),
  "ecdsa-p256": signing("EC-P256"),
  "ecdsa-p384": signing("EC-P384"),
  "ecdsa-p521": signing("EC-P521"),
  "rsa-2048": rsa("RSA-2048"),
  "rsa-3072": rsa("RSA-3072"),
  "rsa-4096": rsa("RSA-4096"),
  hmac: { algorithm: "HMAC-SHA256", type: "symmetric-key", usage: ["mac", "verifymac"], exported: "hmac-key" },
};

/** PKCS #8 of an Ed25519 key before its 32 bytes. @see RFC 8410 section 7 */
const ED25519_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** The keys of a Transit mount. */
export async function listTransit(peer: VaultPeer, mount: string): Promise<SourceKey[]> {
  const found: SourceKey[] = [];
  for (const name of await peer.list(`${encodePath(mount)}/keys`)) {
    const answer = await peer.read(`${encodePath(mount)}/keys/${encodeURIComponent(name)}`);
    const base = { id: `vault:${mount}/${name}`, label: name };
    if (!answer.ok) found.push({ ...base, kind: "transit", stays: `it is not described: ${answer.words}`, left: [] });
    else found.push({ ...base, ...described(answer.data) });
  }
  return found;
}

function described(data: Readonly<Record<string, unknown>>): Pick<SourceKey, "kind" | "stays" | "left"> {
  const kind = String(data["type"]);
  const left = [
    ...(data["derived"] === true ? ["derivation: what it encrypted opens with a key derived by its context"] : []),
    ...(kind !== "hmac" && KINDS[kind] !== undefined ? ["the HMAC key that Vault keeps beside it"] : []),
  ];
  const known = Object.hasOwn(KINDS, kind);
  const stays = !known
    ? "it is of a kind that is not taken in"
    : data["exportable"] === true
      ? null
      : "it is not exportable there: wrap what it protects anew, or re-encrypt";
  return { kind: `transit ${kind}`, stays, left: known ? left : [] };
}

/** A Transit key with every version that Vault still gives out, under Vault's own numbers. */
export async function readTransit(
  peer: VaultPeer,
  { id, label, kind: called }: SourceKey,
  { group, extractable }: { readonly group: string; readonly extractable: boolean },
): Promise<SourceMaterial | string> {
  const kind = KINDS[called.slice("transit ".length)];
  if (kind === undefined) return "it is of a kind that is not taken in";
  const mount = id.slice("vault:".length, -label.length - 1);
  const answer = await peer.read(`${encodePath(mount)}/export/${kind.exported}/${encodeURIComponent(label)}`);
  if (!answer.ok) return `it is not given: ${answer.words}`;
  const given = Object.entries((answer.data["keys"] ?? {}) as Record<string, string>)
    .map(([version, text]) => ({ version: Number(version), text }))
    .sort((one, other) => one.version - other.version);
  if (given.length === 0) return "no version of it is given";
  const { algorithm, type, usage } = kind;
  const numbers = given.map(({ version }) => version);
  const key: ImportedKey = {
    ...{ label: label.slice(0, 128), type, algorithm, format: type === "private-key" ? "pkcs8" : "raw" },
    ...{ usage, group, extractable, foreign: [id] },
    ...(numbers.length === 1 && numbers[0] === 1 ? {} : { versions: numbers }),
  };
  try {
    return { key, versions: given.map(({ text }) => materialOf(text, kind)) };
  } catch {
    return "its bytes are not in the form that Vault documents";
  }
}

function materialOf(text: string, { algorithm, type }: TransitKind): Buffer {
  if (type !== "private-key") return Buffer.from(text, "base64");
  if (algorithm !== "Ed25519") return createPrivateKey(text).export({ format: "der", type: "pkcs8" });
  const both = Buffer.from(text, "base64");
  try {
    return Buffer.concat([ED25519_HEAD, both.subarray(0, 32)]);
  } finally {
    both.fill(0);
  }
}
