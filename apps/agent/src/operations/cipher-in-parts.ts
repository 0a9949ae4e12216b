import { type CipherParams, createCipher, createDecipher, type DecipherParams } from "@holdfast/crypto";
import type { KeyOperation } from "@holdfast/protocol";
import type { KeyRecord } from "../keystore/records.ts";
import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import { permitFor } from "./permit.ts";
import { type Chosen, chosen, type KeyName, opened, type UsedKey, usableKey, used } from "./use-object.ts";

/** An encryption whose data comes in several requests. Each of them is checked like the first. */
export interface EncryptionInParts extends UsedKey {
  readonly iv?: Buffer;
  update(caller: Caller, data: Uint8Array): Buffer;
  final(caller: Caller): { readonly ciphertext: Buffer; readonly tag?: Buffer };
}

/** A decryption whose data comes in several requests. Each of them is checked like the first. */
export interface DecryptionInParts extends UsedKey {
  update(caller: Caller, data: Uint8Array): Buffer;
  final(caller: Caller, tag?: Uint8Array): Buffer;
}

/**
 * Begins an encryption in parts. It belongs to the client that began it: the endpoint keeps it by connection or by a name
 * that cannot be guessed, and not for long.
 *
 * @throws {@link OperationError}, {@link CryptoError}, here and at each part
 */
export function encryptInParts(
  door: Door,
  caller: Caller,
  named: KeyName,
  choice: Chosen<CipherParams>,
): EncryptionInParts {
  const { key, version, handle } = usableKey(door, caller, named, "encrypt");
  const params = chosen(choice, key);
  const cipher = createCipher(handle, params, permitFor(door, key, params));
  const again = recheck(door, caller, { name: key.id, version }, "encrypt");
  let bytes = 0;
  return {
    ...{ keyId: key.id, version },
    ...(cipher.iv === undefined ? {} : { iv: cipher.iv }),
    update(by, data) {
      door.limits.take(again(by), data.byteLength);
      bytes += data.byteLength;
      return cipher.update(data);
    },
    final(by) {
      again(by);
      const made = cipher.final();
      used(door, by, { key, version, op: "encrypt", bytes });
      return made;
    },
  };
}

/** Begins a decryption in parts. @throws as {@link encryptInParts} */
export function decryptInParts(
  door: Door,
  caller: Caller,
  named: KeyName,
  choice: Chosen<DecipherParams>,
): DecryptionInParts {
  const { key, version, handle } = usableKey(door, caller, named, "decrypt");
  const params = chosen(choice, key);
  const decipher = createDecipher(handle, params, permitFor(door, key, params));
  const again = recheck(door, caller, { name: key.id, version }, "decrypt");
  let bytes = 0;
  return {
    ...{ keyId: key.id, version },
    update(by, data) {
      again(by);
      bytes += data.byteLength;
      return opened(() => decipher.update(data));
    },
    final(by, tag) {
      again(by);
      const plaintext = opened(() => decipher.final(tag));
      used(door, by, { key, version, op: "decrypt", bytes });
      return plaintext;
    },
  };
}

/** Repeats the whole check, for the same client only: it may have been withdrawn, and so may the key. */
function recheck(door: Door, { client }: Caller, named: KeyName, operation: KeyOperation) {
  return (by: Caller): KeyRecord => {
    if (by.client.id !== client.id) throw new OperationError("E_NOT_FOUND");
    return usableKey(door, { ...by, client: door.access.present(client) }, named, operation).key;
  };
}
