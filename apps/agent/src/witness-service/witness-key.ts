import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatVkey, NOTE_TYPE, type NoteSigner, noteKey } from "@holdfast/tlog";
import { writeDurably } from "../durable-file.ts";
import { WitnessError } from "./witness-error.ts";

/** The key's file in a witness's folder. */
export const KEY_FILE = "witness.key";
/** Ed25519 public keys end their SubjectPublicKeyInfo. */
const PUBLIC_KEY_BYTES = 32;

/** Who a witness is: its signer, and the vkey by which others know it. */
export interface WitnessKey {
  readonly signer: NoteSigner;
  readonly vkey: string;
}

/**
 * Reads a witness's key, or makes one with a name of its own the first time.
 *
 * @param name - The key's name, for a new key; its file keeps it.
 * @throws {@link WitnessError} `E_WITNESS_FOLDER` when others can read it, or it cannot be read
 */
export function openWitnessKey(folder: string, name?: string): WitnessKey {
  const path = join(folder, KEY_FILE);
  if (!existsSync(path)) make(path, name ?? `holdfast-witness/${randomBytes(8).toString("hex")}`);
  const kept = read(path);
  const spki = createPublicKey(kept.key).export({ type: "spki", format: "der" });
  const key = noteKey(kept.name, NOTE_TYPE.cosignature, new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES)));
  return {
    signer: { key, sign: (message) => new Uint8Array(sign(null, message, kept.key)) },
    vkey: formatVkey(key),
  };
}

function make(path: string, name: string): void {
  noteKey(name, NOTE_TYPE.cosignature, new Uint8Array(PUBLIC_KEY_BYTES)); // a name that no note can hold is refused first
  const { privateKey } = generateKeyPairSync("ed25519");
  writeDurably(path, `${name}\n${privateKey.export({ type: "pkcs8", format: "pem" })}`);
}

function read(path: string): { name: string; key: KeyObject } {
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new WitnessError("E_WITNESS_FOLDER", `Others can read the witness's key ${path}.`, `chmod 600 ${path}`);
  }
  try {
    const [name = "", ...pem] = readFileSync(path, "utf8").split("\n");
    return { name, key: createPrivateKey(pem.join("\n")) };
  } catch {
    throw new WitnessError(
      "E_WITNESS_FOLDER",
      `The witness's key ${path} cannot be read.`,
      "Put it back from a copy. A witness with another key is another witness: its logs have to be told.",
    );
  }
}
