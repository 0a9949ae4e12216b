import { sealWithKey } from "@holdfast/crypto";
import type { Caller } from "./caller.ts";
import { decrypt, type Sealed } from "./decrypt.ts";
import type { Door } from "./door.ts";
import { type Encrypted, sealerFor } from "./encrypt.ts";

/** A ciphertext, and the key that it shall be under; its `aad` stays the same. */
export interface ReencryptRequest extends Sealed {
  readonly toKey: string;
  readonly group?: string | undefined;
}

/**
 * Brings a ciphertext under another key, or under the newest version of its own; the plaintext stays inside.
 *
 * @throws {@link OperationError} as decrypt on the old and encrypt on the new key
 */
export function reencrypt(door: Door, caller: Caller, { toKey, group, ...sealed }: ReencryptRequest): Encrypted {
  const { key, handle } = sealerFor(door, caller, toKey, group);
  const { plaintext } = decrypt(door, caller, sealed);
  try {
    door.limits.take(key, plaintext.byteLength);
    const ciphertext = sealWithKey(handle, plaintext, sealed.aad);
    const version = key.current;
    door.usage.add(caller, { keyId: key.id, version, op: "reencrypt", bytes: plaintext.byteLength });
    return { keyId: key.id, version, ciphertext };
  } finally {
    plaintext.fill(0);
  }
}
