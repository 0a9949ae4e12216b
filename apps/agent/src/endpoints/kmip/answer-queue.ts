import type { TLSSocket } from "node:tls";

/**
 * The answers of one connection, sent in the order of their requests.
 *
 * What is there is gathered and leaves in one write when `flush` is called; an answer that is waited for holds back those
 * behind it.
 */
export class AnswerQueue {
  readonly #socket: TLSSocket;
  readonly #advanced: () => void;
  readonly #places: { answer: Buffer | null }[] = [];
  #ready: Buffer[] = [];
  #readyBytes = 0;
  #placedBytes = 0;
  #writes = 0;
  #stalledSince = 0;

  /** @param advanced - Called when something was sent, or an answer that was waited for can be. */
  constructor(socket: TLSSocket, advanced: () => void) {
    this.#socket = socket;
    this.#advanced = advanced;
  }

  /** Answers that are waited for, or stand behind such a one. */
  get waiting(): number {
    return this.#places.length;
  }

  /** Bytes that the other side has not taken. */
  get unsent(): number {
    return this.#readyBytes + this.#socket.writableLength;
  }

  /** Bytes of all answers that are there and not taken, also of those that stand behind one that is waited for. */
  get held(): number {
    return this.#placedBytes + this.unsent;
  }

  get idle(): boolean {
    return this.#places.length === 0 && this.#writes === 0 && this.#readyBytes === 0;
  }

  /** Since when the other side takes nothing of what is sent, as of `performance.now()`; 0 when there is nothing. */
  get stalledSince(): number {
    return this.#stalledSince;
  }

  /** Puts an answer behind the others. */
  put(answer: Buffer): void {
    if (this.#places.length > 0) this.#keep(answer);
    else this.#makeReady(answer);
  }

  /** Keeps the place of an answer that comes later. Caller must: give one that never rejects. */
  wait(answer: Promise<Buffer>): void {
    const place: { answer: Buffer | null } = { answer: null };
    this.#places.push(place);
    void answer.then((bytes) => {
      this.#placedBytes += bytes.length;
      place.answer = bytes;
      if (this.#places[0] !== place) return;
      this.#advance();
      this.#advanced();
    });
  }

  /** Sends what is there. */
  flush(): void {
    if (this.#readyBytes === 0 || !this.#socket.writable) return;
    const [first, ...more] = this.#ready;
    const bytes = more.length === 0 && first !== undefined ? first : Buffer.concat(this.#ready, this.#readyBytes);
    this.#ready = [];
    this.#readyBytes = 0;
    if (this.#writes === 0) this.#stalledSince = performance.now();
    this.#writes += 1;
    this.#socket.write(bytes, () => this.#sent());
  }

  #keep(answer: Buffer): void {
    this.#placedBytes += answer.length;
    this.#places.push({ answer });
  }

  #sent(): void {
    this.#writes -= 1;
    this.#stalledSince = this.#writes === 0 ? 0 : performance.now();
    this.#advanced();
  }

  #advance(): void {
    const places = this.#places;
    let ready = 0;
    for (const { answer } of places) {
      if (answer === null) break;
      this.#placedBytes -= answer.length;
      this.#makeReady(answer);
      ready += 1;
    }
    places.splice(0, ready);
  }

  #makeReady(answer: Buffer): void {
    this.#ready.push(answer);
    this.#readyBytes += answer.length;
  }
}
