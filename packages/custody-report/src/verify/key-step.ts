import { type Act, allowsOperation, encodeState, type KeyStateDocument, nextState } from "@holdfast/protocol";

type Version = KeyStateDocument["versions"][number];

/** What changes besides the state itself, named by what the log calls the step. */
const SCHEDULE_ENDS: ReadonlySet<string> = new Set(["command.cancelled", "command.expired", "command.refused"]);

/**
 * What is wrong with a key's step from one state to the next under what the log calls it; null when it is allowed.
 *
 * The whole document counts: only what the step is about may differ.
 *
 * @see docs/spec, lifecycle; SP 800-57 part 1 section 7
 */
export function keyStepProblem(kind: string, before: KeyStateDocument | null, after: KeyStateDocument): string | null {
  if (kind === "key.create" || kind === "key.register" || kind === "import.commit")
    return before === null ? newKeyProblem(kind, after) : "it was made twice";
  if (before === null) return "it was never made";
  if (kind === "key.attributes") return attributesProblem(before, after);
  if (kind === "export.wrap") return leavingProblem(before, after);
  if (kind === "command.scheduled") {
    return isSame(before, { ...after, dates: { ...after.dates, destroyDue: before.dates.destroyDue } })
      ? null
      : "scheduling changed it";
  }
  if (SCHEDULE_ENDS.has(kind)) {
    return isSame({ ...before, dates: { ...before.dates, destroyDue: undefined } }, after)
      ? null
      : "ending a schedule changed it";
  }
  if (kind.startsWith("schedule."))
    return isSame({ ...before, schedules: after.schedules }, after) ? null : `${kind} changed more than a schedule`;
  const next = nextState(before.state, kind as Act);
  if (next === null) return `${kind} is not allowed while it is ${before.state}`;
  if (next !== after.state) return `${kind} leads to ${next}, not to ${after.state}`;
  const frozen = {
    ...after,
    state: before.state,
    current: before.current,
    versions: before.versions,
    dates: before.dates,
    ...(kind === "key.group" ? { group: before.group } : {}),
    ...(kind === "key.destroy" && after.schedules === undefined ? { schedules: before.schedules } : {}),
  };
  if (!isSame(before, frozen) || !sameBirth(before, after) || !isSamePlan(before, after))
    return `${kind} changed what it may not change`;
  const held = suspensionProblem(kind, before.dates.suspended, after.dates.suspended);
  if (held !== null) return held;
  return kind === "key.rotate" ? rotationProblem(before, after) : versionsProblem(before, after);
}

/** What is suspended stays so, whatever else it becomes: only resuming ends it. */
function suspensionProblem(kind: string, was: number | undefined, is: number | undefined): string | null {
  if (kind === "key.resume") return was !== undefined && is === undefined ? null : "resuming it ended no suspension";
  return kind === "key.suspend" || was === is ? null : `${kind} changed since when it is suspended`;
}

function newKeyProblem(kind: string, after: KeyStateDocument): string | null {
  const { state, current, versions, origin, known } = after;
  if ((origin === "registered") !== (kind !== "key.create")) return "it does not say where it comes from";
  if (kind === "import.commit") return importedProblem(after);
  const [first, ...more] = versions;
  const fresh = more.length === 0 && first?.version === 1 && current === 1 && first.state === state;
  const begun = fresh && known === undefined && (state === "active" || state === "pre-active");
  return begun ? null : "it did not begin with one new version";
}

/** What is brought in may have a past: its versions count as known up to the newest. */
function importedProblem({ state, current, versions, known }: KeyStateDocument): string | null {
  const rising = versions.every(({ version }, at) => at === 0 || version > (versions[at - 1]?.version ?? 0));
  const states = versions.every((each) => each.state === (each.version === current ? state : "deactivated"));
  const complete = state === "active" && rising && states && versions.at(-1)?.version === current;
  if (!complete) return "it did not begin with the versions that it had";
  return known === (current === 1 ? undefined : current) ? null : "it does not say what a former holder knows";
}

/** Material that leaves changes nothing of a key, and leaves only where it may. */
function leavingProblem(before: KeyStateDocument, after: KeyStateDocument): string | null {
  if (!isSame(before, after)) return "handing it out changed it";
  if (!before.extractable) return "it never leaves";
  return allowsOperation(before.state, "get") ? null : `it was handed out while it was ${before.state}`;
}

/** What may be said anew about a key without a step of its life: planned dates, limits, whether it is set aside. */
function attributesProblem(before: KeyStateDocument, after: KeyStateDocument): string | null {
  const plans = (of: KeyStateDocument) => ({ ...of, limits: undefined, dates: { ...of.dates, ...NO_PLAN } });
  if (!isSame(plans(before), plans(after))) return "its attributes changed what they may not change";
  const over = before.state.startsWith("destroyed") && !isSame(before, after);
  return over ? "it was changed after its end" : null;
}

const NO_PLAN = {
  activation: undefined,
  processStart: undefined,
  protectStop: undefined,
  deactivation: undefined,
  archived: undefined,
};

/** Steps follow plans and do not make them. */
function isSamePlan({ dates: a }: KeyStateDocument, { dates: b }: KeyStateDocument): boolean {
  return (Object.keys(NO_PLAN) as (keyof typeof NO_PLAN)[]).every((date) => a[date] === b[date]);
}

function sameBirth(before: KeyStateDocument, after: KeyStateDocument): boolean {
  const periods = ["created", "cryptoperiodSec", "originatorSec", "recipientSec"] as const;
  return periods.every((each) => before.dates[each] === after.dates[each]);
}

function rotationProblem(before: KeyStateDocument, after: KeyStateDocument): string | null {
  const kept = after.versions.slice(0, -1);
  const fresh = after.versions.at(-1);
  const continued =
    after.current === before.current + 1 &&
    fresh?.version === after.current &&
    fresh.state === "active" &&
    kept.length === before.versions.length &&
    kept.every((version, at) => isRetired(version, before.versions[at], before.current));
  return continued ? null : "its rotation is not one new version after the old ones";
}

function isRetired(version: Version, before: Version | undefined, current: number): boolean {
  const state = before?.version === current ? "deactivated" : before?.state;
  return isSameMaterial(version, before) && version.state === state;
}

function versionsProblem(before: KeyStateDocument, after: KeyStateDocument): string | null {
  const kept =
    after.current === before.current &&
    after.versions.length === before.versions.length &&
    after.versions.every((version, at) => {
      const old = before.versions[at];
      return isSameMaterial(version, old) && (version.state === old?.state || version.state === after.state);
    });
  return kept ? null : "its versions changed without a rotation";
}

function isSameMaterial(a: Version, b: Version | undefined): boolean {
  return a.version === b?.version && a.commit === b.commit && a.created === b.created;
}

function isSame(a: KeyStateDocument, b: KeyStateDocument): boolean {
  const [one, other] = [encodeState(a), encodeState(b)];
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
