import { encodeBase64url, encodeEnvelope, HoldfastError, type PasskeyApproval } from "@holdfast/protocol";
import { FakeClock, flipBit } from "@holdfast/testkit";
import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import type { Decided } from "../../decided.ts";
import { type Commitments, compareState, differs, kindsFrom } from "./compare.ts";
import { type Decision, decide, envelopeOf, idsOf, type Order, propose } from "./desk.ts";
import { type Link, proposeLink } from "./desk-links.ts";
import type { Sign, Step } from "./history.ts";
import { deliver, lockByHost, lookAtDue, touch } from "./model-admission.ts";
import { restartClock, runningOf, startClock, timeOf } from "./model-clock.ts";
import type { ModelDomain } from "./model-domain.ts";
import { deliverLink, lookAtLinks } from "./model-links.ts";
import type { ModelAnswer, ModelState } from "./model-state.ts";
import { ModelWorld } from "./model-world.ts";

/** What a history came to. */
export interface Played {
  /** Where the agent was not as the model says; empty where it always was. */
  readonly differences: readonly string[];
  /** What was answered and what happened, by name, for the tally. */
  readonly tally: ReadonlyMap<string, number>;
}

/** Plays one history against a real agent and the model, up to the first difference. */
export async function playHistory(domain: ModelDomain, steps: readonly Step[]): Promise<Played> {
  const clock = new FakeClock(domain.wall);
  const world = await ModelWorld.open(domain, clock);
  const player = new Player(domain, world, clock);
  try {
    for (const [at, step] of steps.entries()) {
      const differences = await player.play(step);
      if (differences.length > 0)
        return { differences: differences.map((each) => `step ${at}, ${step.do}: ${each}`), tally: player.tally };
    }
    return { differences: [], tally: player.tally };
  } finally {
    world.remove();
  }
}

/** From this step of the executor on, what it wrote is durable. */
const DURABLE: ReadonlySet<string> = new Set([
  "executor:committed",
  "executor:before-checkpoint",
  "executor:after-checkpoint",
]);
/** Steps that every transaction takes. */
const ALWAYS: ReadonlySet<string> = new Set(["executor:begun", ...DURABLE]);
const MOST_SNAPSHOTS = 4;

type StepOf<D extends Step["do"]> = Extract<Step, { readonly do: D }>;

class Player {
  readonly tally = new Map<string, number>();
  readonly #domain: ModelDomain;
  readonly #world: ModelWorld;
  readonly #clock: FakeClock;
  readonly #orders: Order[] = [];
  readonly #links: Link[] = [];
  readonly #commitments: Commitments = { of: new Map(), same: new Set() };
  #snapshots: { readonly folder: string; readonly state: ModelState }[] = [];
  #state: ModelState;

  constructor(domain: ModelDomain, world: ModelWorld, clock: FakeClock) {
    this.#domain = domain;
    this.#world = world;
    this.#clock = clock;
    this.#state = beginning(domain, world);
  }

  /** One step on both sides. @returns where they differ afterwards */
  async play(step: Step): Promise<string[]> {
    this.#state.counted = [];
    const { log } = this.#state;
    const [size, wall] = [log.length, this.#clock.now()];
    const { starts } = this.#world;
    const counted = this.#world.counted();
    const said = await this.#do(step);
    await this.#settle();
    this.#state.logRoot = encodeBase64url(this.#world.domain.log.head.root);
    const from = log === this.#state.log ? size : 0;
    const added = this.#world.counted().length - counted.length;
    const sameMinute = this.#clock.now() === wall && this.#world.starts === starts;
    return [
      ...said,
      ...differs("entries", kindsFrom(this.#world, from), this.#state.log.slice(from)),
      ...(sameMinute ? differs("counted refusals", added, this.#state.counted.length) : []),
      ...compareState(this.#world, this.#state, this.#commitments),
    ];
  }

  #do(step: Step): Promise<string[]> {
    switch (step.do) {
      case "order":
        return this.#order(step);
      case "again":
        return this.#again(step);
      case "touch":
        return this.#touch(step);
      case "link":
        return this.#link(step);
      case "link again":
        return this.#linkAgain(step);
      case "junk":
        return this.#junk(step);
      case "restore":
        return this.#restore(step);
      case "rollback":
        return this.#rollBack(step);
      default:
        return this.#happen(step);
    }
  }

  async #order(step: StepOf<"order">): Promise<string[]> {
    const order = propose(this.#state, this.#domain, step);
    this.#orders.push(order);
    order.decisions.push(...this.#decisions(order, step.signs));
    this.#note(`order ${step.act}`);
    return step.sent ? this.#deliver(order, order.decisions, step.cut) : [];
  }

  async #again({ order: at, kept, signs, cut }: StepOf<"again">): Promise<string[]> {
    const order = this.#pick(at);
    if (order === null) return [];
    const before = kept === "all" ? order.decisions : order.decisions.slice(0, kept === "first" ? 1 : 0);
    const fresh = this.#decisions(order, signs);
    order.decisions.push(...fresh);
    return this.#deliver(order, [...before, ...fresh].slice(-12), cut);
  }

  #decisions({ command }: Order, signs: readonly Sign[]): Decision[] {
    return signs.map((sign) => decide(this.#domain, [command.hash], sign));
  }

  async #deliver(order: Order, decisions: readonly Decision[], cut: FaultPointName | null): Promise<string[]> {
    const { bytes, model } = envelopeOf(order, decisions);
    const send = () => this.#world.domain.admission.deliver(bytes, "mailbox");
    if (cut !== null) return this.#deliverCut({ model, send, cut });
    const answer = deliver(this.#state, model, idsOf);
    this.#note(answerText(answer));
    const { outcome, code } = await send();
    return differs("answer", { outcome, code }, answer);
  }

  /** The power goes at a step of the executor, where the delivery gets that far. */
  async #deliverCut({
    model,
    send,
    cut,
  }: {
    model: Parameters<typeof deliver>[1];
    send: () => Promise<Decided>;
    cut: FaultPointName;
  }): Promise<string[]> {
    const before = structuredClone(this.#state);
    const expected = deliver(this.#state, model, idsOf);
    const wrote = this.#state.log.length > before.log.length;
    const answer = await this.#world.cutAt(cut, send);
    if (answer !== null) {
      const missed = ALWAYS.has(cut) && wrote ? [`the power never went at ${cut}`] : [];
      return [...missed, ...differs("answer", { outcome: answer.outcome, code: answer.code }, expected)];
    }
    this.#note(`power lost at ${cut}`);
    if (!DURABLE.has(cut)) this.#state = before;
    this.#reopened();
    return [];
  }

  async #link({ kind, pick, signs, sent }: StepOf<"link">): Promise<string[]> {
    const link = proposeLink(this.#state, kind, pick);
    this.#links.push({ ...link, decisions: signs.map((sign) => decide(this.#domain, [link.model.hash], sign)) });
    this.#note(`link: ${link.model.kind}`);
    return sent ? this.#deliverLink(this.#links.at(-1)) : [];
  }

  async #linkAgain({ link: at, kept, signs }: StepOf<"link again">): Promise<string[]> {
    const link = this.#links[at % Math.max(1, this.#links.length)];
    if (link === undefined) return [];
    const fresh = signs.map((sign) => decide(this.#domain, [link.model.hash], sign));
    return this.#deliverLink({ ...link, decisions: [...(kept ? link.decisions : []), ...fresh] });
  }

  async #deliverLink(link: Link | undefined): Promise<string[]> {
    if (link === undefined) return [];
    const { doc, model, decisions } = link;
    const approvals = decisions.map(({ real }) => real);
    const answer = deliverLink(
      this.#state,
      model,
      decisions.map((each) => each.model),
    );
    this.#note(`link ${answerText(answer)}`);
    const bytes = encodeEnvelope({ typ: "env", ver: 1, doc, approvals });
    const { outcome, code } = await this.#world.domain.links.deliver(bytes, "mailbox");
    return differs("answer to a link", { outcome, code }, answer);
  }

  async #touch({ orders, sign }: StepOf<"touch">): Promise<string[]> {
    const picked = [...new Set(orders.map((at) => this.#pick(at)))].filter((order) => order !== null);
    if (picked.length === 0) return [];
    const how =
      sign.how === "another list" ? "another challenge" : sign.how === "only proposes" ? "approves" : sign.how;
    const list = picked.map(({ command }) => command.hash);
    const { real, model } = decide(this.#domain, list, { ...sign, how });
    const expected = touch(this.#state, { approval: model, idsOf });
    for (const answer of expected) this.#note(`at the page ${answerText(answer)}`);
    const { decision, credId, clientDataJSON, authData, sig } = real as PasskeyApproval;
    const assertion = { credId, clientDataJSON, authData, sig };
    try {
      const found = await this.#world.domain.admission.decide({ decision: decision as 1 | 2, list, assertion });
      return differs(
        "answers",
        found.map(({ outcome, code }) => ({ outcome, code })),
        expected,
      );
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return differs("answers", [{ outcome: "thrown", code: error.code }], expected);
    }
  }

  /** One bit of an approved envelope is another: refused, or the answer that its command had before. */
  async #junk({ order: at, at: place, bit }: StepOf<"junk">): Promise<string[]> {
    const order = this.#pick(at);
    if (order === null) return [];
    const [decision] = [...order.decisions, ...this.#decisions(order, [{ hand: 0, how: "approves" }])];
    const decisions = decision === undefined ? [] : [decision];
    const { bytes } = envelopeOf({ ...order, proposal: null }, decisions);
    const { outcome, code = "" } = await this.#world.domain.admission.deliver(
      flipBit(bytes, place % bytes.length, bit),
      "mailbox",
    );
    const before = this.#state.decided.get(order.command.hash);
    this.#note(`junk ${outcome}`);
    if (outcome === before?.outcome && code === (before.code ?? "")) return [];
    this.#state.counted.push(code);
    return differs("answer to junk", outcome, "refused");
  }

  async #restore({ snapshot: at }: StepOf<"restore">): Promise<string[]> {
    const place = at % Math.max(1, this.#snapshots.length);
    const kept = this.#snapshots[place];
    if (kept === undefined) return [];
    await this.#world.restore(kept.folder);
    this.#snapshots = this.#snapshots.slice(0, place + 1);
    this.#state = this.#broughtBack(kept.state, { recovering: true });
    this.#forgetLost();
    this.#reopened();
    this.#note("restored");
    return [];
  }

  /** For a while the store is an older one, with the newest checkpoint beside it. */
  async #rollBack({ snapshot: at, order: which }: StepOf<"rollback">): Promise<string[]> {
    const kept = this.#snapshots[at % Math.max(1, this.#snapshots.length)];
    const order = this.#pick(which);
    const newest = this.#state;
    if (kept === undefined || order === null || kept.state.log.length >= newest.log.length) return [];
    newest.clock.kept = runningOf(newest.clock);
    const found: string[] = [];
    await this.#world.rolledBack(kept.folder, async () => {
      this.#state = this.#broughtBack(kept.state, { rolledBack: true });
      this.#reopened();
      await this.#settle();
      found.push(...(await this.#deliver(order, order.decisions.slice(-12), null)));
      await this.#settle();
      found.push(...compareState(this.#world, this.#state, this.#commitments));
    });
    this.#state = newest;
    this.#reopened();
    this.#note("rolled back");
    return found;
  }

  async #happen(step: StepOf<"pass" | "turn" | "restart" | "snapshot" | "lock by host">): Promise<string[]> {
    const { clock } = this.#state;
    this.#note(step.do);
    if (step.do === "pass") {
      this.#clock.advance(step.seconds);
      clock.wall += step.seconds;
      clock.ran += step.seconds;
      return this.#time();
    }
    if (step.do === "turn") {
      clock.wall = step.seconds === "right" ? this.#domain.wall + clock.ran : clock.wall + step.seconds;
      this.#clock.setWall(clock.wall);
      return this.#time();
    }
    if (step.do === "restart") {
      clock.kept = runningOf(clock);
      await this.#world.restart();
      this.#reopened();
    }
    if (step.do === "snapshot" && this.#snapshots.length < MOST_SNAPSHOTS)
      this.#snapshots.push({ folder: this.#world.snapshot(), state: structuredClone(this.#state) });
    if (step.do !== "lock by host" || this.#state.rolledBack) return [];
    lockByHost(this.#state);
    this.#world.domain.executor.lockByHost();
    return [];
  }

  /** The two clocks are looked at together, so that they go on together. */
  #time(): string[] {
    return differs("time", this.#world.domain.guard.time(), timeOf(this.#state.clock));
  }

  /** What is due happens on both sides. */
  async #settle(): Promise<void> {
    const { keystore, scheduler, admission, links } = this.#world.domain;
    lookAtDue(
      this.#state,
      idsOf,
      [...keystore.withSchedules()].map(({ id }) => id),
    );
    await scheduler.tick();
    await admission.runDue();
    lookAtLinks(this.#state);
    await links.runDue();
    this.#time();
  }

  /** The agent has started: it looks at what is due at once, keys by their ids. */
  #reopened(): void {
    const state = this.#state;
    restartClock(state.clock, state.clock.newest);
    state.stepNoted = false;
    state.pending = new Map([...state.pending].sort(([one], [other]) => (one < other ? -1 : 1)));
    lookAtDue(state, idsOf, [...state.keys.keys()].sort());
    lookAtLinks(state);
  }

  #broughtBack(before: ModelState, changed: Partial<ModelState>): ModelState {
    const state = { ...structuredClone(before), counted: [], ...changed };
    const { wall, ran } = this.#state.clock;
    return { ...state, clock: { ...state.clock, wall, ran } };
  }

  /** Versions that a restore does not bring back may come again, of other material. */
  #forgetLost(): void {
    const { of, same } = this.#commitments;
    const back = [...this.#state.keys.values()].flatMap(({ id, versions }) =>
      versions.map((_, index) => `${id}/${index + 1}`),
    );
    for (const name of of.keys()) if (!back.includes(name)) of.delete(name);
    same.clear();
  }

  #pick(at: number): Order | null {
    return this.#orders[at % Math.max(1, this.#orders.length)] ?? null;
  }

  #note(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }
}

function answerText({ outcome, code }: ModelAnswer): string {
  return code === undefined ? outcome : `${outcome} ${code}`;
}

function beginning(domain: ModelDomain, world: ModelWorld): ModelState {
  const clock = startClock(domain.wall);
  clock.newest = domain.wall;
  return {
    ...{ tid: domain.tid, clock, roster: { ...domain.roster }, credentials: new Map(domain.credentials) },
    ...{ policy: new Map(domain.policy), locked: false, recovering: false, rolledBack: false, legacy: [] },
    ...{ keys: new Map(), clients: new Map(), loosenedAt: new Map(), log: [...domain.log] },
    logRoot: encodeBase64url(world.domain.log.head.root),
    rosters: [{ ...domain.roster, credentials: new Map(domain.credentials), document: domain.document }],
    ...{ links: new Map(), decidedLinks: new Map() },
    ...{ pending: new Map(), scheduled: new Map(), decided: new Map(), refused: new Set(), counted: [] },
    stepNoted: false,
  };
}
