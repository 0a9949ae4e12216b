import type { KmipCounters } from "../metrics/kmip-counters.ts";
import type { KmipConnection } from "./connection.ts";
import type { KmipLimits } from "./limits.ts";

/**
 * The connections of clients, those used longest ago first.
 *
 * Only connections of one kind make room for each other: a client's for its own beyond `perClient`, clients' for clients'
 * beyond `connections`. Whoever is no client can end nobody's connection.
 */
export class ConnectionTable {
  readonly #limits: KmipLimits;
  readonly #counters: KmipCounters;
  readonly #all = new Set<KmipConnection>();
  readonly #ofClient = new Map<string, Set<KmipConnection>>();

  constructor(limits: KmipLimits, counters: KmipCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  [Symbol.iterator](): Iterator<KmipConnection> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  /** Takes a client's connection; false, counted, when there is no room and no idle one to make it. */
  add(connection: KmipConnection, spki: string): boolean {
    const own = this.#ofClient.get(spki) ?? new Set();
    const { perClient, connections } = this.#limits;
    if (own.size >= perClient && !this.#makeRoom(own, "connections-of-client")) return false;
    if (this.#all.size >= connections && !this.#makeRoom(this.#all, "connections")) return false;
    this.#all.add(connection);
    this.#ofClient.set(spki, own.add(connection));
    this.#counters.open = this.#all.size;
    return true;
  }

  /** Puts a connection last that was just used. */
  touch(connection: KmipConnection, spki: string): void {
    if (!this.#all.delete(connection)) return;
    this.#all.add(connection);
    const own = this.#ofClient.get(spki);
    own?.delete(connection);
    own?.add(connection);
  }

  remove(connection: KmipConnection, spki: string): void {
    this.#all.delete(connection);
    const own = this.#ofClient.get(spki);
    own?.delete(connection);
    if (own?.size === 0) this.#ofClient.delete(spki);
    this.#counters.open = this.#all.size;
  }

  /** Closes the connection that is idle longest. */
  #makeRoom(among: ReadonlySet<KmipConnection>, why: "connections" | "connections-of-client"): boolean {
    for (const connection of among) {
      if (!connection.idle) continue;
      connection.end(why);
      this.remove(connection, connection.peer.spki ?? "");
      return true;
    }
    this.#counters.refuse(why);
    return false;
  }
}
