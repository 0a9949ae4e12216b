import type { IncomingMessage } from "node:http";
import { RestError } from "./errors.ts";

/** Largest body: a batch. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Bodies under way at one time, in all; small ones are not counted. */
const MAX_UNDER_WAY_BYTES = 256 * 1024 * 1024;
const SMALL_BYTES = 64 * 1024;

const EMPTY = Buffer.alloc(0);
let underWay = 0;

/**
 * Collects a body and hands it on once: the bytes, or why there are none; then of one that became too large its beginning. It is not called at all when the client goes
 * away first.
 *
 * A body that is too large is refused by its announced size, or as soon as it has become too large; what still comes is
 * dropped unread, and the server's time for one request bounds that.
 */
export function readBody(
  request: IncomingMessage,
  done: (refusal: RestError | null, body: Buffer) => void,
  maxBytes = MAX_BODY_BYTES,
): void {
  const announced = Number(request.headers["content-length"] ?? Number.NaN);
  if (announced > maxBytes) {
    done(tooLarge(maxBytes), EMPTY);
    return;
  }
  const reserved = announced <= SMALL_BYTES ? 0 : Number.isNaN(announced) ? maxBytes : announced;
  if (underWay + reserved > MAX_UNDER_WAY_BYTES) {
    done(new RestError("E_BUSY"), EMPTY);
    return;
  }
  if (reserved > 0) {
    underWay += reserved;
    request.once("close", () => {
      underWay -= reserved;
    });
  }
  collect(request, done, maxBytes);
}

function collect(
  request: IncomingMessage,
  done: (refusal: RestError | null, body: Buffer) => void,
  maxBytes: number,
): void {
  let first: Buffer | null = null;
  let chunks: Buffer[] | null = null;
  let size = 0;
  let over = false;
  request.on("data", (chunk: Buffer) => {
    if (over) return;
    size += chunk.length;
    if (size > maxBytes) {
      over = true;
      const begun = first ?? chunk;
      first = chunks = null;
      done(tooLarge(maxBytes), begun);
    } else if (first === null) first = chunk;
    else if (chunks === null) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on("end", () => {
    if (!over) done(null, chunks === null ? (first ?? EMPTY) : Buffer.concat(chunks, size));
  });
  request.on("error", () => {
    over = true; // the client went away
  });
}

/**
 * Hands on once the first bytes of a body, as many as `bytes` or as there are; the rest is dropped unread. It is not called when the
 * client goes away first, and the server's time for one request bounds the wait.
 */
export function readBeginning(request: IncomingMessage, bytes: number, done: (beginning: Buffer) => void): void {
  let read = EMPTY;
  let over = false;
  const end = (): void => {
    if (!over) done(read);
    over = true;
  };
  request.on("data", (chunk: Buffer) => {
    if (over) return;
    read = Buffer.concat([read, chunk.subarray(0, bytes - read.length)]);
    if (read.length >= bytes) end();
  });
  request.on("end", end);
  request.on("error", () => {
    over = true; // the client went away
  });
}

function tooLarge(max: number): RestError {
  return new RestError("E_LIMIT", undefined, { max });
}
