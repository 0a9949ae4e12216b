/**
 * A mailbox whose keeper decides what arrives, how often and in which order. It cannot make a signature; everything
 * else is up to it.
 */
export class HostileMailbox<Message> {
  readonly #kept: Message[] = [];

  /** Takes a message in, and keeps it for ever. */
  put(message: Message): void {
    this.#kept.push(message);
  }

  /** Everything as it was put in. */
  honest(): Message[] {
    return [...this.#kept];
  }

  /** Everything, the newest first. */
  reordered(): Message[] {
    return [...this.#kept].reverse();
  }

  /** Everything, again and again. */
  replayed(times = 2): Message[] {
    return Array.from({ length: times }, () => this.#kept).flat();
  }

  /** Everything but what it keeps back. */
  withheld(hold: (message: Message, index: number) => boolean): Message[] {
    return this.#kept.filter((message, index) => !hold(message, index));
  }

  /** Everything, each changed on the way. */
  forged(change: (message: Message, index: number) => Message): Message[] {
    return this.#kept.map(change);
  }

  /** What it had kept when there were `count`: yesterday's database, restored. */
  rolledBack(count: number): Message[] {
    return this.#kept.slice(0, count);
  }
}
