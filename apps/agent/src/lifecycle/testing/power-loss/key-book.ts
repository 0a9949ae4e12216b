import type { KeyView } from "../../../admin/answers.ts";
import { uuidOfKeyId } from "../../../operations/object-uuid.ts";

/** What is known of a key from the agent's answers alone. */
interface Known {
  state: string;
  version: number;
  label: string | null;
  /** What was asked for and not answered: it happened whole, or not at all. */
  doubt: Partial<Pick<Known, "state" | "version" | "label">> | null;
}

/** Something that an agent answered and that its restart does not have, or has by half. */
export interface Loss {
  readonly id: string;
  readonly kind: "lost" | "half";
  readonly what: string;
}

/** Every change that was acknowledged, and the few whose answer a kill cut off. */
export class KeyBook {
  readonly #known = new Map<string, Known>();
  acknowledged = 0;
  cutOff = 0;
  cutOffDone = 0;

  /** A key whose making was answered. */
  made(id: string, state: string, label: string | null): void {
    this.#known.set(id, { state, version: 1, label, doubt: null });
    this.acknowledged += 1;
  }

  /** Asks for a change of a key, and knows afterwards whether it was answered. */
  async change(id: string, to: NonNullable<Known["doubt"]>, ask: () => Promise<unknown>): Promise<void> {
    const known = this.#known.get(id);
    if (known === undefined) throw new RangeError("the key was never made");
    known.doubt = to;
    await ask();
    Object.assign(known, to);
    known.doubt = null;
    this.acknowledged += 1;
  }

  stateOf(id: string): string {
    return this.#known.get(id)?.state ?? "unknown";
  }

  versionOf(id: string): number {
    return this.#known.get(id)?.version ?? 0;
  }

  /** Holds what a restarted agent has against what its predecessor answered, and goes on from there. */
  compare(found: readonly KeyView[]): Loss[] {
    // KMIP calls a key by a UUID of its id.
    const byId = new Map(
      found.flatMap((key) => [key.keyId, uuidOfKeyId(key.keyId)].map((name) => [name, key] as const)),
    );
    return [...this.#known].flatMap(([id, known]) => {
      const key = byId.get(id);
      return key === undefined ? [{ id, kind: "lost" as const, what: "the key is gone" }] : this.#judge(id, known, key);
    });
  }

  #judge(id: string, known: Known, key: KeyView): Loss[] {
    const is = { state: key.state, version: key.version, label: known.label === null ? null : key.label };
    const was = { state: known.state, version: known.version, label: known.label };
    const will = { ...was, ...known.doubt };
    const done = same(is, will);
    if (known.doubt !== null) this.cutOff += 1;
    if (known.doubt !== null && done) this.cutOffDone += 1;
    known.doubt = null;
    Object.assign(known, is);
    const half = halfProblem(key);
    if (half !== null) return [{ id, kind: "half", what: half }];
    if (done || same(is, was)) return [];
    return [{ id, kind: "lost", what: `it is ${text(is)}, and was answered to be ${text(was)} or ${text(will)}` }];
  }
}

/** What of a key does not fit together: its state, its versions, whether it is locked. */
function halfProblem({ locked, state, version, versions }: KeyView): string | null {
  if (locked !== null) return `its row does not fit the log: ${locked}`;
  if (versions.length !== version) return `it is at version ${version} and has ${versions.length}`;
  const current = versions.at(-1);
  return current?.state === state ? null : `it is ${state} and its version ${current?.state}`;
}

type Shown = { readonly state: string; readonly version: number; readonly label: string | null };

function same(a: Shown, b: Shown): boolean {
  return a.state === b.state && a.version === b.version && a.label === b.label;
}

function text({ state, version, label }: Shown): string {
  return `${state} v${version}${label === null ? "" : ` ${label}`}`;
}
