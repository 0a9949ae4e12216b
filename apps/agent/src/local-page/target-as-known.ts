import type { Command, Grant } from "@holdfast/protocol";
import type { RecentUse } from "../admin/answers.ts";
import { recentlyUsedKeys, recentUsers } from "../admission/consequences.ts";
import type { Domain } from "../domain.ts";

/** What the agent itself knows of a command's target: never what the command or the dashboard says. */
export interface TargetAsKnown {
  readonly label: string;
  readonly state: string;
  readonly group: string;
  readonly algorithm: string;
  readonly current: number;
  readonly versions: number;
  /** Clients that used a key in the last 30 days, newest first; of a client none. */
  readonly usedBy: readonly RecentUse[];
  /** Keys that a client used in the last 30 days; of a key none. */
  readonly uses?: readonly RecentUse[];
  /** What a client may do now. */
  readonly grants?: readonly Grant[];
  /** When the newest backup that holds every version was made, Unix seconds; null where none does. */
  readonly backedUpAt: number | null;
}

/** Describes the target by the agent's own state; null for an act without one, or a target that is not here. */
export function targetAsKnown(
  { keystore, guard }: Pick<Domain, "keystore" | "guard">,
  { target }: Command,
  backup: { readonly at: number; readonly size: number } | null,
): TargetAsKnown | null {
  if (target?.kind === "client") {
    const client = keystore.findClient(target.client);
    if (!client) return null;
    const { label, state, grants } = client;
    const uses = recentlyUsedKeys(keystore, client.id, guard.time());
    const noKey = { group: "", algorithm: "", current: 0, versions: 0, usedBy: [], backedUpAt: null };
    return { label, state, ...noKey, uses, grants };
  }
  const key = target?.kind === "key" ? keystore.findKey(target.keyId) : null;
  if (!key) return null;
  const { label, state, group, type, algorithm, current, versions } = key;
  const usedBy = recentUsers(keystore, key.id, guard.time());
  const isHeld = backup !== null && versions.every(({ leaf }) => leaf < backup.size);
  return {
    label,
    state,
    group,
    algorithm: algorithm ?? type,
    current,
    versions: versions.length,
    usedBy,
    backedUpAt: isHeld ? backup.at : null,
  };
}
