import { encodeBase64url, type ImportOffer } from "@holdfast/protocol";
import type { FakeClock } from "@holdfast/testkit";
import { type Commitments, compareState, differs, kindsFrom } from "./compare.ts";
import { idsOf, type Order } from "./desk.ts";
import type { seal } from "./desk-imports.ts";
import type { Link } from "./desk-links.ts";
import { lookAtDue } from "./model-admission.ts";
import { restartClock, startClock, timeOf } from "./model-clock.ts";
import type { ModelDomain } from "./model-domain.ts";
import { sweepImports, sweepIntroductions } from "./model-imports.ts";
import { lookAtLinks } from "./model-links.ts";
import type { ModelState } from "./model-state.ts";
import type { ModelWorld } from "./model-world.ts";

/** A real agent and the model of it, with what a history has ordered of them so far. */
export class BothSides {
  readonly domain: ModelDomain;
  readonly world: ModelWorld;
  readonly clock: FakeClock;
  readonly orders: Order[] = [];
  readonly links: Link[] = [];
  /** Enrolment secrets that the agent handed out, also those of permits that a restore has taken away. */
  readonly secrets: { readonly permit: string; readonly secret: string }[] = [];
  readonly commitments: Commitments = { of: new Map(), same: new Set() };
  /** What was answered and what happened, by name. */
  readonly tally = new Map<string, number>();
  /** Offers of imports, and what was sealed to them. */
  readonly offers = new Map<string, ImportOffer>();
  readonly sealed: Awaited<ReturnType<typeof seal>>[] = [];
  state: ModelState;
  snapshots: { readonly folder: string; readonly state: ModelState }[] = [];

  constructor(domain: ModelDomain, world: ModelWorld, clock: FakeClock) {
    this.domain = domain;
    this.world = world;
    this.clock = clock;
    this.state = beginning(domain, world);
  }

  /** One step on both sides. @returns where they differ afterwards */
  async after(step: () => Promise<string[]>): Promise<string[]> {
    this.state.counted = [];
    const { log } = this.state;
    const [size, wall] = [log.length, this.clock.now()];
    const { starts } = this.world;
    const counted = this.world.counted();
    const said = await step();
    await this.settle();
    this.state.logRoot = encodeBase64url(this.world.domain.log.head.root);
    const from = log === this.state.log ? size : 0;
    const added = this.world.counted().length - counted.length;
    const sameMinute = this.clock.now() === wall && this.world.starts === starts;
    return [
      ...said,
      ...differs("entries", kindsFrom(this.world, from), this.state.log.slice(from)),
      ...(sameMinute ? differs("counted refusals", added, this.state.counted.length) : []),
      ...compareState(this.world, this.state, this.commitments),
    ];
  }

  /** The two clocks are looked at together, so that they go on together. */
  time(): string[] {
    return differs("time", this.world.domain.guard.time(), timeOf(this.state.clock));
  }

  /** What is due happens on both sides. */
  async settle(): Promise<void> {
    const { keystore, scheduler, admission, links, introductions } = this.world.domain;
    lookAtDue(
      this.state,
      idsOf,
      [...keystore.withSchedules()].map(({ id }) => id),
    );
    await scheduler.tick();
    await admission.runDue();
    lookAtLinks(this.state);
    await links.runDue();
    sweepIntroductions(this.state);
    introductions.all(); // forgets what is over, as whenever somebody looks at them
    this.time();
  }

  /** The agent has started: it looks at what is due at once, keys by their ids. */
  reopened(): void {
    const { state } = this;
    restartClock(state.clock, state.clock.newest);
    state.stepNoted = false;
    state.pending = byId(state.pending);
    state.clients = byId(state.clients);
    state.rejected = new Set();
    sweepImports(state);
    lookAtDue(state, idsOf, [...state.keys.keys()].sort());
    lookAtLinks(state);
  }

  /** The order of this number, as far as there are any. */
  pick(at: number): Order | null {
    return this.orders[at % Math.max(1, this.orders.length)] ?? null;
  }

  note(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }
}

function byId<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function beginning(domain: ModelDomain, world: ModelWorld): ModelState {
  const clock = startClock(domain.wall);
  clock.newest = domain.wall;
  return {
    ...{ tid: domain.tid, clock, roster: { ...domain.roster }, credentials: new Map(domain.credentials) },
    ...{
      policy: new Map(domain.policy),
      locked: false,
      recovering: false,
      rolledBack: false,
      lost: [],
      found: "",
      rejected: new Set(),
      legacy: [],
    },
    ...{
      keys: new Map(),
      clients: new Map(),
      imports: new Map(),
      oneTimeKeys: new Set(),
      introductions: new Map(),
      loosenedAt: new Map(),
      log: [...domain.log],
    },
    logRoot: encodeBase64url(world.domain.log.head.root),
    rosters: [{ ...domain.roster, credentials: new Map(domain.credentials), document: domain.document }],
    ...{ links: new Map(), decidedLinks: new Map(), vetoed: new Set() },
    ...{ pending: new Map(), scheduled: new Map(), decided: new Map(), refused: new Set(), counted: [] },
    stepNoted: false,
  };
}
