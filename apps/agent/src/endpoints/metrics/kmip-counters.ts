import { type Durations, durations, noteDuration } from "./durations.ts";

/** What the KMIP endpoint counts. Names are ours, never a client's. */
export class KmipCounters {
  /** Connections of clients that are open. */
  open = 0;
  /** Connections that are open and not of a client (yet). */
  strangers = 0;
  opened = 0;
  resumed = 0;
  /** Messages that reached the answerer, by encoding. */
  readonly requests = new Map<string, number>();
  readonly durations: Durations = durations();
  /** Messages answered unread and connections ended or not taken, by reason. */
  readonly refusals = new Map<string, number>();

  request(encoding: string, milliseconds: number): void {
    this.requests.set(encoding, (this.requests.get(encoding) ?? 0) + 1);
    noteDuration(this.durations, milliseconds);
  }

  refuse(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}
