import { encodeCanonical, type KeySchedule, type KeyStateDocument, type Leaf, runDueAt } from "@holdfast/protocol";

/** What the log has shown of a key before a run. */
export type KeyPast = {
  /** Whether its material has left the agent. */
  readonly released: boolean;
  /** The minute of its last use, Unix seconds; null without use. */
  readonly lastUsedAt: number | null;
};

/** What a run of each schedule may be called: what it does, or that people are told instead. */
const KINDS: Readonly<Record<KeySchedule["does"], readonly string[]>> = {
  rotate: ["key.rotate", "schedule.run"],
  deactivate: ["key.deactivate", "schedule.run"],
  notify: ["schedule.run"],
};

/**
 * What is wrong with something that a schedule did; null when an approved schedule was due, is counted on by one, and was
 * not on a key that clients hold.
 *
 * Whether the step itself is allowed from the key's state is another question.
 *
 * @see docs/spec/command.md, section 7
 */
export function scheduledRunProblem(
  { kind, actor, cause, ts, data }: Leaf,
  before: KeyStateDocument | null,
  after: KeyStateDocument,
  past: KeyPast,
): string | null {
  if (cause.kind !== "schedule" || actor.kind !== "schedule" || actor.id !== cause.id) return "is by no schedule";
  const schedule = before?.schedules?.find(({ id }) => id === cause.id);
  if (!before || !schedule) return "is by a schedule that nobody approved";
  if (!KINDS[schedule.does].includes(kind)) return `is not what its schedule does, which is to ${schedule.does}`;
  const run = runDueAt(schedule, ts);
  if (run === null) return "was done before its time";
  if (run.n !== cause.n || run.missed !== data?.["missed"]) return "is miscounted";
  const wanted = before.schedules?.map((each) => (each.id === schedule.id ? run.after : each));
  if (textOf(wanted) !== textOf(after.schedules)) return "left its schedule otherwise than a run does";
  if (kind === "schedule.run") return null;
  if (before.state !== "active") return "was done to a key that is not active";
  if (before.owner.kind === "client" || past.released) return "was done to a key that clients made or hold";
  const { unusedSec } = schedule;
  const used = past.lastUsedAt ?? before.dates.activated ?? before.dates.created;
  return unusedSec !== undefined && used > ts - unusedSec ? "was done to a key in use" : null;
}

function textOf(schedules: readonly KeySchedule[] | undefined): string {
  return new TextDecoder().decode(encodeCanonical({ schedules: schedules ?? [] } as never));
}
