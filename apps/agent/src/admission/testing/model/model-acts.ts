import { changeClients } from "./model-clients.ts";
import { timeOf } from "./model-clock.ts";
import { beginImport, commitImport } from "./model-imports.ts";
import { append, type Ids, ModelRefusal } from "./model-log.ts";
import type { ModelCommand, ModelKey, ModelSchedule, ModelState } from "./model-state.ts";

/** From which states an act leads where. */
const STEPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "key.activate": { "pre-active": "active" },
  "key.rotate": { active: "active" },
  "key.suspend": { active: "suspended", suspended: "suspended" },
  "key.resume": { suspended: "active", deactivated: "deactivated", compromised: "compromised" },
  "key.deactivate": { active: "deactivated", suspended: "deactivated", deactivated: "deactivated" },
  "key.compromise": {
    "pre-active": "compromised",
    active: "compromised",
    suspended: "compromised",
    deactivated: "compromised",
    compromised: "compromised",
    destroyed: "destroyed-compromised",
    "destroyed-compromised": "destroyed-compromised",
  },
  "key.destroy": { "pre-active": "destroyed", deactivated: "destroyed", compromised: "destroyed-compromised" },
};
const KEPT = ["pre-active", "active", "suspended", "deactivated", "compromised"];
const DATES: Readonly<Record<string, string>> = {
  active: "activated",
  suspended: "suspended",
  deactivated: "deactivated",
  compromised: "compromised",
  destroyed: "destroyed",
  "destroyed-compromised": "destroyed",
};

/**
 * Does what a command says, with its entries. Nothing is changed where it refuses.
 *
 * @param ids - Ids that follow from the command: of its keys in order, of its client, of its schedule.
 * @returns the first entry
 */
export function performCommand(state: ModelState, command: ModelCommand, ids: Ids): number {
  const { act, args, target, hash } = command;
  if (act === "key.create") return createKeys(state, args.items, ids);
  if (act.startsWith("client.")) return changeClients(state, command, ids);
  if (act === "import.begin") return beginImport(state, command);
  if (act === "import.commit") return commitImport(state, command, ids);
  if (target?.kind === "key") return changeKey(state, state.keys.get(target.id) as ModelKey, { act, args, hash, ids });
  return changeDomain(state, command);
}

interface NewKey {
  readonly label: string;
  readonly group: string;
  readonly extractable: boolean;
  readonly alias?: string;
}

function createKeys(state: ModelState, items: readonly NewKey[], ids: Ids): number {
  const taken = new Set([...state.keys.values()].flatMap(({ alias, group }) => (alias ? [`${group}/${alias}`] : [])));
  for (const { alias, group } of items) {
    if (alias === undefined) continue;
    if (taken.has(`${group}/${alias}`)) throw new ModelRefusal("E_PRESTATE");
    taken.add(`${group}/${alias}`);
  }
  const now = timeOf(state.clock);
  const leaves = items.map(({ label, group, extractable, alias }, place) => {
    const id = ids.keys[place] as string;
    const head = append(state, "key.create", id);
    const key: ModelKey = {
      ...{ id, label, group, extractable, alias: alias ?? null, foreign: [], state: "active", head },
      ...{ versions: [{ state: "active", created: now }], scheduled: null, schedules: [] },
      dates: { created: now, activated: now },
    };
    state.keys.set(id, key);
    return head;
  });
  return leaves[0] as number;
}

// biome-ignore lint/suspicious/noExplicitAny: arguments of every act
type KeyChange = { act: string; args: any; hash: string; ids: Ids };

function changeKey(state: ModelState, key: ModelKey, { act, args, ids }: KeyChange): number {
  const now = timeOf(state.clock);
  if (act === "key.label") {
    if (key.state.startsWith("destroyed")) throw new ModelRefusal("E_PRESTATE");
    key.label = args.label;
    return append(state, act, key.id);
  }
  if (act === "key.group") {
    if (!KEPT.includes(key.state)) throw new ModelRefusal("E_PRESTATE");
    const others = [...state.keys.values()].filter(({ group, id }) => group === args.group && id !== key.id);
    const clash = key.alias !== null && others.some(({ alias }) => alias === key.alias);
    if (args.group !== key.group && clash) throw new ModelRefusal("E_PRESTATE");
    return written(state, key, { kind: act, moves: args.group !== key.group }, () => {
      key.group = args.group;
    });
  }
  if (act === "schedule.set") {
    if (!["active", "suspended"].includes(key.state)) throw new ModelRefusal("E_PRESTATE");
    const { does, everySec } = args;
    const fresh: ModelSchedule = { id: ids.schedule, does, everySec, next: now + everySec, n: 0 };
    return written(state, key, { kind: act, moves: true }, () => {
      key.schedules = [...key.schedules.filter((each) => each.does !== does), fresh].sort((one, other) =>
        one.does < other.does ? -1 : 1,
      );
    });
  }
  if (act === "schedule.clear") {
    if (!KEPT.includes(key.state)) throw new ModelRefusal("E_PRESTATE");
    const rest = key.schedules.filter(({ does }) => does !== args.does);
    if (rest.length === key.schedules.length) throw new ModelRefusal("E_PRESTATE");
    return written(state, key, { kind: act, moves: true }, () => {
      key.schedules = rest;
    });
  }
  if (act === "key.rotate") return rotate(state, key, act);
  return step(state, key, act);
}

/** A new version; the one before it protects nothing more. */
export function rotate(state: ModelState, key: ModelKey, kind: string): number {
  if (key.state !== "active") throw new ModelRefusal("E_PRESTATE");
  return written(state, key, { kind, moves: true }, () => {
    (key.versions.at(-1) as { state: string }).state = "deactivated";
    key.versions.push({ state: "active", created: timeOf(state.clock) });
  });
}

/** A step of the key's life. */
export function step(state: ModelState, key: ModelKey, act: string): number {
  const from = key.state;
  const to = STEPS[act]?.[from];
  if (to === undefined) throw new ModelRefusal("E_PRESTATE");
  const resumes = act === "key.resume";
  if (resumes && key.dates.suspended === undefined) throw new ModelRefusal("E_PRESTATE");
  if (to === from && !resumes) return append(state, act, key.id);
  const now = timeOf(state.clock);
  return written(state, key, { kind: act, moves: true }, () => {
    key.state = to;
    for (const version of key.versions) {
      if (version.state.startsWith("destroyed") && to !== "destroyed-compromised") continue;
      if (version.state === from || to === "compromised" || to.startsWith("destroyed")) version.state = to;
    }
    if (resumes) {
      delete key.dates.suspended;
      return;
    }
    key.dates[act === "key.compromise" ? "compromised" : (DATES[to] as string)] = now;
    if (act !== "key.destroy") return;
    delete key.dates.destroyDue;
    key.scheduled = null;
    key.schedules = [];
  });
}

/** An entry about a key, which becomes its head where what a loosening command names has changed. */
export function written(
  state: ModelState,
  key: ModelKey,
  { kind, moves }: { readonly kind: string; readonly moves: boolean },
  change: () => void,
): number {
  const leaf = append(state, kind, key.id);
  change();
  if (moves) key.head = leaf;
  return leaf;
}

function changeDomain(state: ModelState, { act, args, hash }: ModelCommand): number {
  if (act === "restore.accept") {
    const same = args.size === state.log.length && args.root === state.logRoot;
    if (!state.recovering || !same) throw new ModelRefusal("E_PRESTATE");
    state.recovering = false;
    const leaf = append(state, act, state.tid);
    append(state, "loss", state.tid);
    return leaf;
  }
  if (act === "log.acceptLoss") {
    const { size, root, lost, found } = args;
    const isOwn = size === state.log.length && root === state.logRoot && found === state.found;
    if (!isOwn) throw new ModelRefusal("E_PRESTATE");
    if (state.rejected.has(hash)) throw new ModelRefusal("E_CANCELLED");
    if (JSON.stringify(lost) !== JSON.stringify(state.lost)) throw new ModelRefusal("E_PRESTATE");
    Object.assign(state, { recovering: false, rolledBack: false, lost: [] });
    const leaf = append(state, act, state.tid);
    append(state, "loss", state.tid);
    return leaf;
  }
  if (act === "domain.lock") state.locked = true;
  if (act === "domain.unlock") state.locked = false;
  if (act === "crypto.allow") state.legacy = args.algorithms;
  return append(state, act, state.tid);
}
