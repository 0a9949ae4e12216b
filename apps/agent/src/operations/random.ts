import { StirredRandom } from "@holdfast/crypto";
import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";

/** Most random bytes of one request. */
export const MAX_RANDOM_BYTES = 65_536;

const stirred = new WeakMap<Door, StirredRandom>();

/** Random bytes for a client. @throws {@link OperationError} `E_GRANT`, `E_INPUT` */
export function random(door: Door, { client }: Caller, bytes: number): Buffer {
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > MAX_RANDOM_BYTES)
    throw new OperationError("E_INPUT", "Random bytes are asked for 1 to 65,536 at a time.", { max: MAX_RANDOM_BYTES });
  door.access.checkKeyless(client, "random");
  return sourceOf(door).bytes(bytes);
}

/**
 * Stirs a client's bytes into what {@link random} gives; keys are made of the system's alone. Needs the grant `random`.
 *
 * @returns how many bytes were taken
 * @throws {@link OperationError} `E_GRANT`, `E_INPUT`
 */
export function seedRandom(door: Door, { client }: Caller, bytes: Uint8Array): number {
  if (bytes.byteLength > MAX_RANDOM_BYTES)
    throw new OperationError("E_INPUT", "Entropy is taken up to 65,536 bytes at a time.", { max: MAX_RANDOM_BYTES });
  door.access.checkKeyless(client, "random");
  return sourceOf(door).stir(bytes);
}

function sourceOf(door: Door): StirredRandom {
  const known = stirred.get(door) ?? new StirredRandom();
  stirred.set(door, known);
  return known;
}
