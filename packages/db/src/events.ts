import pg from "pg";

/** What changed in an environment; pages and waiting agents refresh by it. Ids and a word, never content. */
export interface HoldfastEvent {
  readonly tenantId: string;
  readonly environmentId: string;
  readonly kind: EventKind;
}

export const EVENT_KINDS = ["log", "command", "agent", "roster", "report"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Pages listen to the first, gateways' long-polls to the second. */
export const CHANNELS = { event: "holdfast_event", mailbox: "holdfast_mailbox" } as const;
export type Channel = (typeof CHANNELS)[keyof typeof CHANNELS];

const RECONNECT_MS = 1_000;

/** Hears NOTIFY on a connection of its own, which it opens again whenever it breaks. */
export class EventListener {
  readonly #url: string;
  readonly #listeners = new Map<Channel, Set<(payload: string) => void>>();
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls `listener` with every payload on the channel until the returned function is called. */
  on(channel: Channel, listener: (payload: string) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    if (this.#client === null && this.#retry === null) this.#open();
    return () => listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }

  #open(): void {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: "holdfast-events",
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    this.#client = client;
    client.on("notification", ({ channel, payload }) => this.#tell(channel, payload ?? ""));
    const again = () => this.#reopen(client);
    client.on("error", again);
    client.on("end", again);
    client
      .connect()
      .then(async () => {
        for (const channel of Object.values(CHANNELS)) await client.query(`LISTEN ${channel}`);
        // What was missed while there was no connection is not known, so everybody looks.
        for (const channel of Object.values(CHANNELS)) this.#tell(channel, "");
      })
      .catch(again);
  }

  #tell(channel: string, payload: string): void {
    for (const listener of this.#listeners.get(channel as Channel) ?? []) listener(payload);
  }

  #reopen(broken: pg.Client): void {
    if (this.#closed || this.#client !== broken) return;
    this.#client = null;
    void broken.end().catch(() => undefined);
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#open();
    }, RECONNECT_MS);
    this.#retry.unref();
  }
}

/** The event of a payload; null for one that says nothing, on which everything is looked at again. */
export function parseEvent(payload: string): HoldfastEvent | null {
  try {
    const value = JSON.parse(payload) as HoldfastEvent | null;
    return value !== null && EVENT_KINDS.includes(value.kind) ? value : null;
  } catch {
    return null;
  }
}
