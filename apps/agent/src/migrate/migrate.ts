import { attributesToBring } from "./attributes-to-bring.ts";
import { foresee, type NamesTaken, nameRefusal } from "./foresee.ts";
import type { KmipPeer } from "./kmip-peer.ts";
import { listObjects } from "./list-objects.ts";
import { describeSource, getSource, isDestroyed, type SourceObject, stateWords, type Unread } from "./source-object.ts";
import { bringToState, isHere, takeIn } from "./take-in.ts";
import { wipeObject } from "./wipe-object.ts";

/** What happens, or happened, to one object. */
export interface ObjectReport {
  readonly id: string;
  readonly type: string;
  readonly names: readonly string[];
  readonly state: string;
  /**
   * `moves`: it would be moved (a plan) · `moved` · `here`: an earlier run moved it · `stays`: it cannot be moved, by its
   * own nature or the other server's will · `failed`: this agent did not take it, or, in a plan, would not.
   */
  readonly outcome: "moves" | "moved" | "here" | "stays" | "failed";
  /** Why it stays or failed. */
  readonly why?: string;
  /** Attributes that do not go along. */
  readonly left: readonly string[];
  /** Whether this agent's digest is that of the bytes that came; null where there is none to compare. */
  readonly same?: boolean | null;
}

/** A whole move, or the plan of one. */
export interface MoveReport {
  readonly from: string;
  readonly version: string;
  readonly applied: boolean;
  readonly counts: Readonly<Record<ObjectReport["outcome"], number>>;
  readonly objects: readonly ObjectReport[];
}

/** A move's two ends, and whether it is only planned. */
export interface Move {
  readonly source: KmipPeer;
  readonly target: KmipPeer;
  /** Without it nothing changes, and no material is asked for. */
  readonly apply: boolean;
  /** Told after each object. */
  readonly progress?: (done: number, of: number) => void;
}

/**
 * Moves every object that the application sees at its old server to this agent, each by itself: one that fails does not
 * stop the others, and a move that was cut off goes on where it was.
 *
 * @throws {@link MigrateError} `E_PEER`, `E_PEER_ANSWER` when a server cannot be asked at all
 */
export async function migrate(move: Move): Promise<MoveReport> {
  const ids = await listObjects(move.source);
  const objects: ObjectReport[] = [];
  const names = new Map<string, string>();
  for (const id of ids) {
    const told = await one(move, id, names);
    objects.push(told);
    if (told.outcome === "moves" || told.outcome === "moved") for (const name of told.names) names.set(name, id);
    move.progress?.(objects.length, ids.length);
  }
  const counts = { moves: 0, moved: 0, here: 0, stays: 0, failed: 0 };
  for (const { outcome } of objects) counts[outcome] += 1;
  return { from: move.source.name, version: move.source.version, applied: move.apply, counts, objects };
}

async function one(move: Move, id: string, names: NamesTaken): Promise<ObjectReport> {
  const described = await describeSource(move.source, id);
  if ("unread" in described) return unread({ id, type: "?", names: [], state: null, attributes: [] }, described);
  if (isDestroyed(described)) return unread(described, { unread: "it is destroyed there: nothing is left to move" });
  if (await isHere(move.target, id)) return alreadyHere(move, described);
  const foreseen =
    (await nameRefusal(move.target, described, names)) ?? (move.apply ? null : await foresee(move.target, described));
  if (foreseen !== null) return report(described, { outcome: "failed", why: foreseen });
  if (!move.apply) return report(described, { outcome: "moves" });
  const object = await getSource(move.source, id);
  if ("unread" in object) return unread(described, object);
  try {
    const { ok, words, same } = await takeIn(move.target, described, object);
    if (!ok) return report(described, { outcome: "failed", why: words ?? "no reason given" });
    return report(described, { outcome: "moved", same: same ?? null });
  } finally {
    wipeObject(object);
  }
}

/** A run that was cut off may have left a state behind; one that goes on looks after it. */
async function alreadyHere({ apply, target }: Move, source: SourceObject): Promise<ObjectReport> {
  if (!apply) return report(source, { outcome: "here" });
  const { ok, words } = await bringToState(target, source);
  return report(source, ok ? { outcome: "here" } : { outcome: "failed", why: words ?? "no reason given" });
}

function unread(source: SourceObject, { unread: why }: Unread): ObjectReport {
  return report(source, { outcome: "stays", why });
}

function report(source: SourceObject, rest: Pick<ObjectReport, "outcome" | "why" | "same">): ObjectReport {
  const { id, type, names, state } = source;
  return { id, type, names, state: stateWords(state), left: attributesToBring(source).left, ...rest };
}
