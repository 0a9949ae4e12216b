import { timeOf } from "./model-clock.ts";
import { append, type Ids, ModelRefusal } from "./model-log.ts";
import type { ModelAnswer, ModelCommand, ModelImportedKey, ModelIntroduction, ModelState } from "./model-state.ts";

const WEEK = 7 * 86_400;

/** import.begin: a one-time key is made, beside the store. */
export function beginImport(state: ModelState, { hash, args }: ModelCommand): number {
  state.imports.set(hash, { most: args.most, exp: timeOf(state.clock) + WEEK, over: false });
  state.oneTimeKeys.add(hash);
  return append(state, "import.begin", hash);
}

/** Sealed keys, as their holder gives them to the agent. */
export interface ModelSealed {
  readonly importId: string;
  readonly items: readonly ModelImportedKey[];
  /** What comes of opening them; null where all is as they say. */
  readonly fault: "E_IMPORT_OPEN" | "E_IMPORT_WEAK" | null;
}

/** The agent takes sealed keys in: an introduction, named by `hash`. */
export function receive(state: ModelState, sealed: ModelSealed, hash: string): ModelAnswer {
  const wrong = unfit(state, sealed);
  if (wrong !== null) return { outcome: "refused", code: wrong };
  sweepIntroductions(state);
  const issued = timeOf(state.clock);
  state.introductions.set(hash, { ...sealed, issued, until: issued + WEEK });
  return { outcome: "received" };
}

function unfit(state: ModelState, { importId, items }: Pick<ModelSealed, "importId" | "items">): string | null {
  if (!isOpen(state, importId)) return "E_PRESTATE";
  return items.length > (state.imports.get(importId)?.most ?? 0) ? "E_ARGS" : null;
}

/** Whether an import takes what was sealed to it. */
export function isOpen(state: ModelState, importId: string): boolean {
  const found = state.imports.get(importId);
  return found !== undefined && !found.over && found.exp > timeOf(state.clock) && state.oneTimeKeys.has(importId);
}

/** The agent starts: one-time keys of imports that are not open go. */
export function sweepImports(state: ModelState): void {
  for (const importId of state.oneTimeKeys) if (!isOpen(state, importId)) state.oneTimeKeys.delete(importId);
  sweepIntroductions(state);
}

/** What is over is forgotten. */
export function sweepIntroductions(state: ModelState): void {
  const now = timeOf(state.clock);
  for (const [hash, { until }] of state.introductions) if (until < now) state.introductions.delete(hash);
}

/** Whether what a command names was introduced here, and is not over. */
export function isIntroduced(state: ModelState, { act, args }: ModelCommand): boolean {
  if (act !== "import.commit") return true;
  const found = introduced(state, args.sealed);
  const now = timeOf(state.clock);
  return found !== undefined && now <= found.until && found.issued <= now + 600;
}

function introduced(state: ModelState, reference: string): ModelIntroduction | undefined {
  return state.introductions.get(reference.slice("intro:".length));
}

/** import.commit: what was sealed is opened once, all or nothing, whatever comes of it. */
export function commitImport(state: ModelState, { args }: ModelCommand, ids: Ids): number {
  const sealed = introduced(state, args.sealed) as ModelIntroduction;
  const items: readonly ModelImportedKey[] = args.items;
  const { import: importId } = args;
  // What was sealed goes with the one-time key that it was sealed to.
  if (isOpen(state, importId) && !state.oneTimeKeys.has(sealed.importId)) throw new ModelRefusal("E_INTRO");
  const wrong = unfit(state, { importId, items: sealed.items });
  if (wrong !== null) throw new ModelRefusal(wrong);
  const same = JSON.stringify(items) === JSON.stringify(sealed.items);
  if (sealed.importId !== importId || !same) throw new ModelRefusal("E_ARGS");
  checkNames(state, items);
  state.oneTimeKeys.delete(args.import);
  if (sealed.fault !== null) throw new ModelRefusal(sealed.fault);
  const now = timeOf(state.clock);
  const leaves = items.map((item, place) => {
    const id = ids.keys[place] as string;
    const { label, group, extractable, alias = null, foreign = [], versions = [1] } = item;
    const head = append(state, "import.commit", id);
    state.keys.set(id, {
      ...{ id, label, group, extractable, alias, foreign, state: "active", head, scheduled: null, schedules: [] },
      versions: versions.map((_, at) => ({
        state: at === versions.length - 1 ? "active" : "deactivated",
        created: now,
      })),
      brought: versions.length,
      dates: { created: now, activated: now },
    });
    return head;
  });
  (state.imports.get(args.import) as { over: boolean }).over = true;
  return leaves[0] as number;
}

/** No alias twice in a group, no foreign name twice at all. */
function checkNames(state: ModelState, items: readonly ModelImportedKey[]): void {
  const keys = [...state.keys.values()];
  for (const { alias, group, foreign = [] } of items) {
    if (alias !== undefined && keys.some((key) => key.alias === alias && key.group === group))
      throw new ModelRefusal("E_PRESTATE");
    if (foreign.some((name) => keys.some((key) => key.foreign.includes(name)))) throw new ModelRefusal("E_PRESTATE");
  }
}
