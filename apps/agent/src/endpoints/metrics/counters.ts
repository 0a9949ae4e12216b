import { type Durations, durations, noteDuration } from "./durations.ts";
import { KmipCounters } from "./kmip-counters.ts";

/** Requests of one route: by status, and how long they took in the agent. */
interface RouteCount extends Durations {
  readonly statuses: Map<number, number>;
}

/** What endpoints count for `/metrics`. Names are ours, never a client's. */
export class Counters {
  readonly routes = new Map<string, RouteCount>();
  readonly kmip = new KmipCounters();
  /** When the certificates that listeners show end, Unix seconds, by listener. */
  readonly certificates = new Map<string, number>();
  /** Names of the page that are not served though they should be, with the code. */
  readonly pagesNotServed = new Map<string, string>();

  request(route: string, status: number, milliseconds: number): void {
    let count = this.routes.get(route);
    if (count === undefined) {
      count = { statuses: new Map(), ...durations() };
      this.routes.set(route, count);
    }
    count.statuses.set(status, (count.statuses.get(status) ?? 0) + 1);
    noteDuration(count, milliseconds);
  }
}

const counters = new WeakMap<object, Counters>();

/** The counters of an agent; every endpoint of it counts into the same ones. */
export function countersOf(agent: object): Counters {
  const known = counters.get(agent) ?? new Counters();
  counters.set(agent, known);
  return known;
}
