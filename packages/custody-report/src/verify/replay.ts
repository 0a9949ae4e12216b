import {
  type ClientStateDocument,
  type Command,
  type DomainStateDocument,
  encodeState,
  type KeyStateDocument,
  type Leaf,
  MOST_HOSTED_KEYS,
  type OpenedEntry,
  type State,
  stateHash,
} from "@holdfast/protocol";
import { ReportError } from "../errors.ts";
import type { KeyStateBytes } from "../model/keys-digest.ts";
import { keyStepProblem } from "./key-step.ts";
import { clientStepProblem, domainStepProblem } from "./other-steps.ts";

/** An object as the log leaves it. */
type Standing<S extends State> = {
  readonly state: S;
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly label: string | null;
  /** The entry that last named it. */
  readonly entry: number;
  /** The entry that last changed more than its name or schedule: what commands expect. */
  readonly head: number;
  /** The entry that last made material for it: a backup holds it when it holds this entry. */
  readonly madeAt: number;
};

/**
 * What the entries so far have made of every key, client and of the environment itself.
 *
 * Each step is judged against the state before it; nothing but the log is consulted.
 */
export class Replay {
  readonly keys = new Map<string, Standing<KeyStateDocument>>();
  readonly clients = new Map<string, Standing<ClientStateDocument>>();
  readonly #tid: string;
  #domain: Standing<DomainStateDocument> | null = null;

  constructor(tid: string) {
    this.#tid = tid;
  }

  /** The environment itself; null before its first change. */
  get domain(): DomainStateDocument | null {
    return this.#domain?.state ?? null;
  }

  get locked(): boolean {
    return this.#domain?.state.locked ?? false;
  }

  get recovering(): boolean {
    return this.#domain?.state.recovering ?? false;
  }

  /** State documents of all keys, for the attestation's digest. */
  *keyStates(): Iterable<KeyStateBytes> {
    for (const [id, { bytes }] of this.keys) yield { id, bytes };
  }

  /** The label under which an object is known; null when the evidence does not open it. */
  labelOf(subject: string): string | null {
    return this.keys.get(subject)?.label ?? this.clients.get(subject)?.label ?? null;
  }

  /** Whether a command's target is as it was when it was proposed; what the command does not say is not compared. */
  isAsExpected({ target, expect }: Command): boolean {
    if (target?.kind !== "key" || expect === undefined) return true;
    const key = this.keys.get(target.keyId);
    const { head = key?.head, state = key?.state.state, version = key?.state.current } = expect;
    return key !== undefined && head === key.head && state === key.state.state && version === key.state.current;
  }

  /**
   * Whether a hosted page's approvals count for too little: a key whose material may leave the agent, or more keys at once than it makes. A
   * command about new keys says so itself.
   */
  isExtractable(command: Command): boolean {
    if (command.act === "key.create") {
      const { items } = command.args as { items: readonly { extractable: boolean }[] };
      return items.length > MOST_HOSTED_KEYS || items.some((item) => item.extractable);
    }
    const { target } = command;
    return target?.kind === "key" ? (this.keys.get(target.keyId)?.state.extractable ?? false) : false;
  }

  /**
   * Takes the entry of a change in.
   *
   * @throws {@link ReportError} `V_STATE` when its state is missing, does not follow from the one before, or the step is
   *   not allowed
   */
  step(entry: OpenedEntry): State {
    const { leaf, state } = entry;
    if (state === null) throw refused(leaf, "its state is missing");
    if (state.tid !== this.#tid || state.id !== leaf.subject) throw refused(leaf, "its state is of something else");
    switch (state.kind) {
      case "key":
        this.#stepKey(entry, state);
        break;
      case "client":
        this.#stepClient(entry, state);
        break;
      case "domain":
        this.#stepDomain(entry, state);
        break;
    }
    return state;
  }

  #stepKey(entry: OpenedEntry, after: KeyStateDocument): void {
    const { leaf } = entry;
    const before = this.keys.get(after.id) ?? null;
    checkPre(leaf, before?.hash ?? null);
    // How a run moves its schedule on is judged with the run; here it is the step that counts.
    const from =
      before && leaf.cause.kind === "schedule" ? moveSchedules(before.state, after) : (before?.state ?? null);
    const problem = keyStepProblem(leaf.kind, from, after);
    if (problem !== null) throw refused(leaf, problem);
    this.keys.set(after.id, standing(entry, after, before));
  }

  #stepClient(entry: OpenedEntry, after: ClientStateDocument): void {
    const { leaf } = entry;
    const before = this.clients.get(after.id) ?? null;
    checkPre(leaf, before?.hash ?? null);
    const problem = clientStepProblem(leaf.kind, before?.state ?? null, after);
    if (problem !== null) throw refused(leaf, problem);
    this.clients.set(after.id, standing(entry, after, before));
  }

  #stepDomain(entry: OpenedEntry, after: DomainStateDocument): void {
    const { leaf } = entry;
    const before = this.#domain?.state ?? newDomain(after);
    const problem = domainStepProblem(leaf.kind, before, after);
    if (problem !== null) throw refused(leaf, problem);
    // An agent is recovering without an entry that says so: only people who accept what is lost may find it like that.
    const found = FINDS_RECOVERING.has(leaf.kind) ? { ...before, recovering: true } : before;
    if (leaf.kind !== "genesis") checkPre(leaf, stateHash(encodeState(found)));
    this.#domain = standing(entry, after, null);
  }
}

const FINDS_RECOVERING: ReadonlySet<string> = new Set(["restore.accept", "log.acceptLoss"]);

/** A domain as it is founded: with nothing set. */
function newDomain({ typ, ver, tid, kind, id, dates }: DomainStateDocument): DomainStateDocument {
  return { typ, ver, tid, kind, id, locked: false, recovering: false, dates };
}

function standing<S extends State>(
  { leaf, names }: OpenedEntry,
  state: S,
  before: Standing<State> | null,
): Standing<S> {
  const bytes = encodeState(state);
  const moves = leaf.pre !== leaf.post && !leaf.kind.startsWith("command.") && leaf.kind !== "schedule.run";
  const head = moves || before === null ? leaf.n : before.head;
  const isMade = leaf.kind === "key.create" || leaf.kind === "key.register" || leaf.kind === "key.rotate";
  const madeAt = isMade || before === null ? leaf.n : before.madeAt;
  const label = names.label ?? before?.label ?? null;
  return { state, bytes, hash: stateHash(bytes), label, entry: leaf.n, head, madeAt };
}

function moveSchedules(before: KeyStateDocument, { schedules }: KeyStateDocument): KeyStateDocument {
  return { ...before, schedules };
}

function checkPre(leaf: Leaf, known: string | null): void {
  if ((leaf.pre ?? null) !== known) throw refused(leaf, "it does not follow from the state before");
}

function refused({ n, subject }: Leaf, problem: string): ReportError {
  return new ReportError("V_STATE", `Entry ${n}: ${subject}: ${problem}.`, { entry: n, subject });
}
