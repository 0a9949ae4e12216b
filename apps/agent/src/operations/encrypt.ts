import { type KeyHandle, sealWithKey } from "@holdfast/crypto";
import type { KeyRecord } from "../keystore/records.ts";
import type { Caller } from "./caller.ts";
import { type Door, handleOf } from "./door.ts";

/** Something to be encrypted; `aad` is authenticated with it and not kept in the ciphertext. */
export interface Plain {
  readonly plaintext: Uint8Array;
  readonly aad?: Uint8Array | undefined;
}

/** A ciphertext, and the key version that made it. */
export interface Encrypted {
  readonly keyId: string;
  readonly version: number;
  readonly ciphertext: Buffer;
}

/** A key version that a client may encrypt with, looked up once for one or many. */
export interface Sealer {
  readonly key: KeyRecord;
  readonly handle: KeyHandle;
}

/** @throws {@link OperationError} as `Access.find` and `Access.check` */
export function sealerFor(door: Door, { client }: Caller, name: string, group?: string): Sealer {
  const key = door.access.find(client, name, group);
  door.access.check(client, key, "encrypt");
  return { key, handle: handleOf(door, key, key.current) };
}

/**
 * Encrypts under the current version of a key.
 *
 * @throws {@link OperationError}, {@link CryptoError} `E_CRYPTO_LIMIT`
 */
export function encrypt(door: Door, caller: Caller, { key, handle }: Sealer, plain: Plain): Encrypted {
  door.limits.take(key, plain.plaintext.byteLength);
  const ciphertext = sealWithKey(handle, plain.plaintext, plain.aad);
  const version = key.current;
  door.usage.add(caller, { keyId: key.id, version, op: "encrypt", bytes: plain.plaintext.byteLength });
  return { keyId: key.id, version, ciphertext };
}
