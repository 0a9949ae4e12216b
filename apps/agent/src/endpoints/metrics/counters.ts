/** Upper bounds of the duration histogram, seconds. */
export const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1, 10] as const;

/** Requests of one route: by status, and how long they took in the agent. */
export interface RouteCount {
  readonly statuses: Map<number, number>;
  readonly buckets: number[];
  seconds: number;
  count: number;
}

/** What endpoints count for `/metrics`. Names are ours, never a client's. */
export class Counters {
  readonly routes = new Map<string, RouteCount>();

  request(route: string, status: number, milliseconds: number): void {
    let count = this.routes.get(route);
    if (count === undefined) {
      count = { statuses: new Map(), buckets: BUCKETS.map(() => 0), seconds: 0, count: 0 };
      this.routes.set(route, count);
    }
    count.statuses.set(status, (count.statuses.get(status) ?? 0) + 1);
    const seconds = milliseconds / 1000;
    count.seconds += seconds;
    count.count += 1;
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket !== -1) count.buckets[bucket] = (count.buckets[bucket] ?? 0) + 1;
  }
}

const counters = new WeakMap<object, Counters>();

/** The counters of an agent; every endpoint of it counts into the same ones. */
export function countersOf(agent: object): Counters {
  const known = counters.get(agent) ?? new Counters();
  counters.set(agent, known);
  return known;
}
