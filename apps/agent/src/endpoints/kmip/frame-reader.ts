/** Bytes before a message's value: tag (3), type (1), length (4). @see KMIP 1.4 section 9.1.1 */
const HEADER_BYTES = 8;
/** Request Message, a structure. */
const REQUEST_MESSAGE = 0x42007801;
const FIRST_BYTES = Buffer.from([0x42, 0x00, 0x78, 0x01]);

const MOST_PIECES = 128;
const EMPTY = Buffer.alloc(0);

/** What the bytes so far are. */
export type FrameState = "waiting" | "not-kmip" | "too-large";

/**
 * Cuts a stream of bytes into request messages.
 *
 * Treats the bytes as hostile: it believes no length beyond `maxBytes`, joins what came in pieces once only, and says at
 * the first wrong byte that this is another protocol.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #head: Buffer = EMPTY;
  #at = 0;
  #later: Buffer[] = [];
  #size = 0;
  #state: FrameState = "waiting";

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that came and belong to no message yet. */
  get size(): number {
    return this.#size;
  }

  /** Why `next` found none; after `not-kmip` and `too-large` it finds none any more. */
  get state(): FrameState {
    return this.#state;
  }

  /** The beginning of what came, for a refusal of it. */
  get beginning(): Buffer {
    this.#join();
    return this.#head.subarray(this.#at, this.#at + 64);
  }

  /** Takes bytes over; they must not change afterwards. */
  take(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#at === this.#head.length) {
      this.#head = bytes;
      this.#at = 0;
    } else {
      this.#later.push(bytes);
      // Many tiny pieces are joined now and then, so that they cost little more than their bytes.
      if (this.#later.length >= Math.max(MOST_PIECES, this.#size / 1024)) this.#join();
    }
  }

  /** The next whole message; null when there is none. */
  next(): Buffer | null {
    if (this.#state !== "waiting" || this.#size === 0) return null;
    if (this.#head.length - this.#at < HEADER_BYTES && this.#later.length > 0) this.#join();
    const begin = this.#at;
    if (this.#head.length - begin < HEADER_BYTES) {
      if (!this.#mayBecomeRequest()) this.#state = "not-kmip";
      return null;
    }
    if (this.#head.readInt32BE(begin) !== REQUEST_MESSAGE) {
      this.#state = "not-kmip";
      return null;
    }
    const bytes = HEADER_BYTES + this.#head.readUInt32BE(begin + 4);
    if (bytes > this.#maxBytes) {
      this.#state = "too-large";
      return null;
    }
    if (this.#size < bytes) return null;
    if (this.#head.length - begin < bytes) this.#join();
    const from = this.#at;
    this.#at += bytes;
    this.#size -= bytes;
    return this.#head.subarray(from, this.#at);
  }

  #mayBecomeRequest(): boolean {
    const length = Math.min(this.#size, FIRST_BYTES.length);
    return this.#head.subarray(this.#at, this.#at + length).equals(FIRST_BYTES.subarray(0, length));
  }

  #join(): void {
    if (this.#later.length === 0) return;
    this.#head = Buffer.concat([this.#head.subarray(this.#at), ...this.#later], this.#size);
    this.#at = 0;
    this.#later = [];
  }
}
