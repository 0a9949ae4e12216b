import { MAX_IMPORTED_KEYS } from "@holdfast/protocol";
import type { KeySource, SourceKey, SourceMaterial } from "./key-source.ts";
import type { MoveReport, ObjectReport } from "./migrate.ts";

/** Most bytes of one import, so that its file stays small. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Names that are taken where keys go. */
export interface NamesThere {
  readonly foreign: ReadonlySet<string>;
  /** Each with its group and a line feed before it. */
  readonly aliases: ReadonlySet<string>;
}

/** Where keys go: this agent, by imports. */
export interface KeyTarget {
  /** Names of all that is here. */
  present(): Promise<NamesThere>;
  /** Takes keys in, all or none; their material is wiped. @returns why not; null when they are here */
  takeIn(keys: readonly SourceMaterial[]): Promise<string | null>;
}

/**
 * Moves keys by imports, as many in one as fit. One that is not taken does not keep the others: a refused import is tried
 * again in halves.
 *
 * @param apply - Without it nothing changes, and no material is asked for.
 */
export async function moveKeys(
  source: KeySource,
  target: KeyTarget,
  { apply, progress }: { readonly apply: boolean; readonly progress?: (done: number, of: number) => void },
): Promise<MoveReport> {
  const [keys, present] = [await source.list(), await target.present()];
  const reports = new Map<string, ObjectReport>();
  const movable = keys.filter((key) => {
    const foreseen = foresee(key, present);
    reports.set(key.id, report(key, foreseen));
    return foreseen.outcome === "moves";
  });
  const batch: { key: SourceKey; material: SourceMaterial }[] = [];
  const flush = async () => {
    await takeIn(batch.splice(0), target, reports);
    progress?.(
      reports.size - movable.length + [...reports.values()].filter(({ outcome }) => outcome === "moved").length,
      keys.length,
    );
  };
  for (const key of apply ? movable : []) {
    const material = await source.read(key);
    if (typeof material === "string") {
      reports.set(key.id, report(key, { outcome: "stays", why: material }));
      continue;
    }
    if (batch.length > 0 && !fits(batch, material)) await flush();
    batch.push({ key, material });
  }
  if (batch.length > 0) await flush();
  const objects = keys.flatMap(({ id }) => reports.get(id) ?? []);
  const counts = { moves: 0, moved: 0, here: 0, stays: 0, failed: 0 };
  for (const { outcome } of objects) counts[outcome] += 1;
  return { from: source.name, version: source.protocol, applied: apply, counts, objects };
}

/** What becomes of a key, as far as it is known without its material. */
function foresee(key: SourceKey, { foreign, aliases }: NamesThere): Pick<ObjectReport, "outcome" | "why"> {
  if (key.stays !== null) return { outcome: "stays", why: key.stays };
  if (foreign.has(key.id)) return { outcome: "here" };
  if (typeof key.refused === "string") return { outcome: "failed", why: key.refused };
  const { alias, group } = key.alias ?? {};
  if (alias !== undefined && aliases.has(`${group}\n${alias}`))
    return { outcome: "failed", why: `its alias ${alias} belongs to another key of the group ${group} here` };
  return { outcome: "moves" };
}

type Batch = readonly { readonly key: SourceKey; readonly material: SourceMaterial }[];

async function takeIn(batch: Batch, target: KeyTarget, reports: Map<string, ObjectReport>): Promise<void> {
  // What is sealed is wiped: what may be tried again in halves is kept once more until then.
  const again = batch.map(({ key, material }) => ({ key, material: copyOf(material) }));
  try {
    const why = await target.takeIn(batch.map(({ material }) => material));
    if (why === null || batch.length === 1) {
      const outcome = why === null ? { outcome: "moved" as const } : { outcome: "failed" as const, why };
      for (const { key } of batch) reports.set(key.id, report(key, outcome));
      return;
    }
    const half = Math.ceil(again.length / 2);
    await takeIn(again.slice(0, half), target, reports);
    await takeIn(again.slice(half), target, reports);
  } finally {
    for (const { material } of again) for (const each of material.versions) each.fill(0);
  }
}

function copyOf({ key, versions }: SourceMaterial): SourceMaterial {
  return { key, versions: versions.map((each) => Buffer.from(each)) };
}

function fits(batch: Batch, next: SourceMaterial): boolean {
  const objects = (each: SourceMaterial) => (each.key.type === "private-key" ? 2 : 1);
  const bytes = (each: SourceMaterial) => each.versions.reduce((sum, { length }) => sum + length + 400, 0);
  const all = [...batch.map(({ material }) => material), next];
  return (
    all.reduce((sum, each) => sum + objects(each), 0) <= MAX_IMPORTED_KEYS / 2 &&
    all.reduce((sum, each) => sum + bytes(each), 0) <= MOST_BYTES
  );
}

function report(key: SourceKey, rest: Pick<ObjectReport, "outcome" | "why">): ObjectReport {
  const { id, kind, label, left } = key;
  return { id, type: kind, names: [label], state: "-", left, ...rest };
}
