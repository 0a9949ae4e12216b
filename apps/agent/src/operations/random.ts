import { randomBytes } from "@holdfast/crypto";
import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";

/** Most random bytes of one request. */
export const MAX_RANDOM_BYTES = 65_536;

/** Random bytes for a client. @throws {@link OperationError} `E_GRANT`, `E_INPUT` */
export function random(door: Door, { client }: Caller, bytes: number): Buffer {
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > MAX_RANDOM_BYTES)
    throw new OperationError("E_INPUT", "Random bytes are asked for 1 to 65,536 at a time.", { max: MAX_RANDOM_BYTES });
  door.access.checkKeyless(client, "random");
  return randomBytes(bytes);
}
