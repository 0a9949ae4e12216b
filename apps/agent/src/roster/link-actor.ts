import { type ExaminedRosterLink, isLocalDomain, type LeafActor, type PinnedRoster } from "@holdfast/protocol";

/** Those whose approvals count in either roster. */
export function actorOf({
  examined,
  pinned,
}: {
  readonly examined: ExaminedRosterLink;
  readonly pinned: PinnedRoster;
}): LeafActor {
  const ids = [...new Set([...examined.old.by, ...examined.new.by])];
  if (isLocalDomain(pinned.roster)) return { kind: "local" };
  return ids.length === 0 ? { kind: "agent" } : { kind: "admins", ids };
}
