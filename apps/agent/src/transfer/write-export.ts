import { createPrivateKey } from "node:crypto";
import type { ExportedKey, ExportFile } from "@holdfast/protocol";
import { TransferError } from "./errors.ts";
import { writeRegister } from "./write-kmip.ts";

/** Forms in which keys are written for whoever takes them next. */
export const EXPORT_OUTPUTS = ["files", "jwks", "kmip", "vault"] as const;

/** A file to be written. Caller must: wipe `bytes` when it is. */
export interface WrittenKey {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A version that the form asked for has no place for. */
export interface LeftKey {
  readonly keyId: string;
  readonly label: string;
  readonly version: number;
  readonly why: string;
}

/** What was written of an export, and what could not be. */
export interface WrittenExport {
  readonly files: readonly WrittenKey[];
  readonly left: readonly LeftKey[];
}

interface Opened {
  readonly key: ExportedKey;
  readonly version: number;
  readonly material: Buffer;
}

/** Each version a file: PEM of a private key, bytes or a JWK of all else; and a list of what each is. */
export function writeKeyFiles(opened: readonly Opened[], inside: ExportFile["inside"]): WrittenKey[] {
  const names = new Set<string>();
  const files = opened.map(({ key, version, material }) => {
    const name = freeName(`${plainName(key.label)}-v${version}`, extensionOf(key, inside), names);
    if (inside === "jwk" || key.type !== "private-key") return { name, bytes: Buffer.from(material), key, version };
    const pem = createPrivateKey({ key: material, format: "der", type: "pkcs8" }).export({
      format: "pem",
      type: "pkcs8",
    });
    return { name, bytes: Buffer.from(pem.toString()), key, version };
  });
  const list = files.map(({ name, key, version }) => ({ file: name, version, ...key }));
  return [
    ...files.map(({ name, bytes }) => ({ name, bytes })),
    { name: "keys.json", bytes: Buffer.from(`${JSON.stringify(list, null, 2)}\n`) },
  ];
}

/** All of them that have a JWK as one set; `kid` is the key's name and version. */
export function writeJwks(opened: readonly Opened[], inside: ExportFile["inside"]): WrittenExport {
  const { done: keys, left } = each(opened, ({ key, version, material }) => ({
    ...jwkOf(key, material, inside),
    kid: `${key.label} v${version}`,
  }));
  const bytes = () => Buffer.from(`${JSON.stringify({ keys }, null, 2)}\n`);
  return { files: keys.length === 0 ? [] : [{ name: "keys.jwks.json", bytes: bytes() }], left };
}

/** Requests that register each version at a KMIP server. @throws {@link TransferError} `E_KEY_FILE` for JSON Web Keys */
export function writeKmipRequests(opened: readonly Opened[], inside: ExportFile["inside"]): WrittenExport {
  if (inside === "jwk")
    throw new TransferError("E_KEY_FILE", "KMIP takes no JSON Web Keys: export with --inside native.");
  const names = new Set<string>();
  const { done: files, left } = each(opened, ({ key, version, material }) => {
    const bytes = Buffer.from(writeRegister(key, version, material));
    return { name: freeName(`${plainName(key.label)}-v${version}.register`, "xml", names), bytes };
  });
  return { files, left };
}

/**
 * What Vault's Transit takes: keys that were wrapped for its own wrapping key stay wrapped, a request for each version.
 *
 * @throws {@link TransferError} `E_KEY_FILE` for another form than `rsa-kwp`
 */
export function writeVaultRequests({ form, inside, items }: ExportFile): WrittenExport {
  if (form !== "rsa-kwp" || inside !== "native")
    throw new TransferError("E_KEY_FILE", "Vault takes keys in the form rsa-kwp, wrapped for its own wrapping key.");
  const names = new Set<string>();
  const parts = items.flatMap(({ key, parts: all }) => all.map(({ version, ct }, at) => ({ key, version, ct, at })));
  const { done: files, left } = each(parts, ({ key, version, ct, at }) => {
    const type = vaultType(key);
    const base = { ciphertext: Buffer.from(ct, "base64url").toString("base64"), hash_function: "SHA256" };
    const request = at === 0 ? { ...base, type, allow_rotation: true } : base;
    const step = at === 0 ? "import" : "import_version";
    const name = freeName(`${plainName(key.label)}-v${version}.${step}`, "json", names);
    return { name, bytes: Buffer.from(`${JSON.stringify(request)}\n`) };
  });
  return { files, left };
}

/** Writes each version by itself: one that a form has no place for keeps no other back. */
function each<One extends Pick<Opened, "key" | "version">, Written>(
  versions: readonly One[],
  write: (one: One) => Written,
): { done: Written[]; left: LeftKey[] } {
  const [done, left]: [Written[], LeftKey[]] = [[], []];
  for (const one of versions) {
    try {
      done.push(write(one));
    } catch (cause) {
      if (!(cause instanceof TransferError)) throw cause;
      const { key, version } = one;
      left.push({ keyId: key.keyId, label: key.label, version, why: cause.message });
    }
  }
  return { done, left };
}

const VAULT_TYPES: Readonly<Record<string, string>> = {
  "AES-128": "aes128-gcm96",
  "AES-256": "aes256-gcm96",
  "ChaCha20-Poly1305": "chacha20-poly1305",
  "RSA-2048": "rsa-2048",
  "RSA-3072": "rsa-3072",
  "RSA-4096": "rsa-4096",
  "EC-P256": "ecdsa-p256",
  "EC-P384": "ecdsa-p384",
  "EC-P521": "ecdsa-p521",
  Ed25519: "ed25519",
};

function vaultType({ algorithm = "", type: kind }: ExportedKey): string {
  const type = algorithm.startsWith("HMAC-") ? "hmac" : VAULT_TYPES[algorithm];
  if (type === undefined) throw new TransferError("E_KEY_FILE", `Vault's Transit has no keys of ${algorithm || kind}.`);
  return type;
}

function jwkOf(key: ExportedKey, material: Buffer, inside: ExportFile["inside"]): object {
  if (inside === "jwk") return JSON.parse(material.toString("utf8")) as object;
  if (key.type !== "private-key") return { kty: "oct", k: material.toString("base64url") };
  const privateKey = createPrivateKey({ key: material, format: "der", type: "pkcs8" });
  try {
    return privateKey.export({ format: "jwk" });
  } catch {
    throw new TransferError("E_KEY_FILE", `There is no JSON Web Key of ${key.algorithm} here.`);
  }
}

function extensionOf({ type }: ExportedKey, inside: ExportFile["inside"]): string {
  if (inside === "jwk") return "jwk.json";
  return type === "private-key" ? "pem" : "key";
}

function plainName(label: string): string {
  return (
    label
      .replace(/[^A-Za-z0-9._-]+/g, "_")
      .replace(/^[.]+/, "_")
      .slice(0, 80) || "key"
  );
}

function freeName(base: string, extension: string, taken: Set<string>): string {
  let name = `${base}.${extension}`;
  for (let number = 2; taken.has(name); number += 1) name = `${base}.${number}.${extension}`;
  taken.add(name);
  return name;
}
