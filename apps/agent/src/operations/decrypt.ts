import { CryptoError, openWithKey, parseCiphertextHeader } from "@holdfast/crypto";
import type { Caller } from "./caller.ts";
import { type Door, handleOf } from "./door.ts";
import { OperationError } from "./errors.ts";

/** Something to be opened, with the `aad` it was made with. */
export interface Sealed {
  readonly ciphertext: Uint8Array;
  readonly aad?: Uint8Array | undefined;
}

/** What a ciphertext held, and the key version that made it. */
export interface Decrypted {
  readonly keyId: string;
  readonly version: number;
  readonly plaintext: Buffer;
}

/**
 * Opens a ciphertext with the key version that it names.
 *
 * Whatever is wrong with a ciphertext is one answer, and so is a key that the client does not see; a key that it sees
 * and may not use now says why.
 *
 * @throws {@link OperationError} `E_DECRYPT`, and the codes of `Access.check`
 */
export function decrypt(door: Door, caller: Caller, sealed: Sealed): Decrypted {
  const { keyId, version } = headerOf(sealed.ciphertext);
  const key = door.keystore.findKey(keyId);
  if (key === null || !door.access.sees(caller.client, key)) throw new OperationError("E_DECRYPT");
  door.access.check(caller.client, key, "decrypt", version);
  const handle = handleOf(door, key, version);
  let plaintext: Buffer;
  try {
    plaintext = openWithKey(handle, sealed.ciphertext, sealed.aad);
  } catch (cause) {
    throw asRefusal(cause);
  }
  door.usage.add(caller, { keyId, version, op: "decrypt", bytes: plaintext.byteLength });
  return { keyId, version, plaintext };
}

function headerOf(ciphertext: Uint8Array): { keyId: string; version: number } {
  try {
    return parseCiphertextHeader(ciphertext);
  } catch (cause) {
    throw asRefusal(cause);
  }
}

function asRefusal(cause: unknown): unknown {
  return cause instanceof CryptoError && cause.code === "E_DECRYPT" ? new OperationError("E_DECRYPT") : cause;
}
