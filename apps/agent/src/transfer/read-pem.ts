import { createPrivateKey } from "node:crypto";
import { TransferError } from "./errors.ts";
import { type FoundKey, foundPrivateKey } from "./found-key.ts";

const BLOCK = /-----BEGIN ([A-Z0-9 ]{3,40})-----[\s\S]+?-----END \1-----/g;
const PRIVATE = /PRIVATE KEY$/;

/** Whether bytes look like PEM. */
export function isPem(bytes: Buffer): boolean {
  return bytes.subarray(0, 4096).includes("-----BEGIN ");
}

/**
 * Every private key of a PEM file; certificates and public keys in it are no keys to take in.
 *
 * @throws {@link TransferError} `E_KEY_PASSPHRASE` for one that the passphrase does not open, `E_KEY_FILE`
 */
export function readPem(bytes: Buffer, passphrase: string | null): FoundKey[] {
  const blocks = [...bytes.toString("latin1").matchAll(BLOCK)].filter(([, name = ""]) => PRIVATE.test(name));
  if (blocks.length === 0) throw new TransferError("E_KEY_FILE", "The file has no private key.");
  return blocks.map(([block, name = ""]) => {
    const isLocked = name.startsWith("ENCRYPTED") || block.includes("Proc-Type: 4,ENCRYPTED");
    if (isLocked && passphrase === null)
      throw new TransferError("E_KEY_PASSPHRASE", "A private key of the file has a passphrase.");
    return foundPrivateKey(openPrivateKey({ key: block, format: "pem" }, isLocked ? passphrase : null), null);
  });
}

/** @throws {@link TransferError} `E_KEY_PASSPHRASE`, `E_KEY_FILE` */
export function openPrivateKey(
  given: { key: string | Buffer; format: "pem" } | { key: Buffer; format: "der"; type: "pkcs8" | "pkcs1" | "sec1" },
  passphrase: string | null,
) {
  try {
    return createPrivateKey(passphrase === null ? given : { ...given, passphrase });
  } catch {
    throw passphrase === null
      ? new TransferError("E_KEY_FILE", "A private key cannot be read.")
      : new TransferError("E_KEY_PASSPHRASE", "The passphrase does not open a private key.");
  }
}
