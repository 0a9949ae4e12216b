import { randomBytes, sealWithKey } from "@holdfast/crypto";
import type { Caller } from "./caller.ts";
import { type Door, handleOf } from "./door.ts";
import type { Encrypted } from "./encrypt.ts";
import { OperationError } from "./errors.ts";

/** Longest data key, bytes. */
export const MAX_DATA_KEY_BYTES = 1024;

/** A fresh data key for the client's own use: under the key, and in clear when it was asked for. */
export interface DataKey extends Encrypted {
  readonly plaintext: Buffer | null;
}

/**
 * Makes random bytes and encrypts them under the current version of a key: envelope encryption in one request.
 *
 * @throws {@link OperationError} as encrypt, `E_INPUT` for a length that is not 1 to 1,024
 */
export function dataKey(
  door: Door,
  caller: Caller,
  request: {
    readonly key: string;
    readonly group?: string | undefined;
    readonly bytes: number;
    readonly plaintext: boolean;
  },
): DataKey {
  const { bytes } = request;
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > MAX_DATA_KEY_BYTES)
    throw new OperationError("E_INPUT", "A data key has 1 to 1,024 bytes.", { max: MAX_DATA_KEY_BYTES });
  const { client } = caller;
  const key = door.access.find(client, request.key, request.group);
  door.access.check(client, key, "datakey");
  const handle = handleOf(door, key, key.current);
  door.limits.take(key, bytes);
  const plaintext = randomBytes(bytes);
  const ciphertext = sealWithKey(handle, plaintext);
  if (!request.plaintext) plaintext.fill(0);
  const version = key.current;
  door.usage.add(caller, { keyId: key.id, version, op: "datakey", bytes });
  return { keyId: key.id, version, ciphertext, plaintext: request.plaintext ? plaintext : null };
}
