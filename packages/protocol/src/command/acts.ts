/** Every act of the protocol. An act that is not in this list is refused; so is one of those that decision 0018 leaves out. */
export const ACTS = [
  "key.create",
  "key.register",
  "key.activate",
  "key.rotate",
  "key.suspend",
  "key.resume",
  "key.deactivate",
  "key.compromise",
  "key.destroy",
  "key.label",
  "key.group",
  "key.resolve",
  "client.enrol",
  "client.permit",
  "client.update",
  "client.revoke",
  "schedule.set",
  "schedule.clear",
  "crypto.allow",
  "backup.policy",
  "backup.create",
  "escrow.enrol",
  "escrow.release",
  "escrow.drill",
  "import.begin",
  "import.commit",
  "export.wrap",
  "domain.lock",
  "domain.unlock",
  "domain.set",
  "log.acceptLoss",
  "restore.accept",
  "clock.accept",
] as const;

/** An act of the protocol, implemented or not. */
export type Act = (typeof ACTS)[number];

/** Acts that take something away and can be undone or repeated without harm; all others loosen. */
const TIGHTENING: ReadonlySet<string> = new Set([
  "key.suspend",
  "key.deactivate",
  "key.compromise",
  "client.revoke",
  "schedule.clear",
  "domain.lock",
]);

/** Tightening acts, besides one on never-extractable keys, that a hosted page's approvals count for. */
const HOSTED: ReadonlySet<string> = new Set(["key.suspend", "schedule.clear", "domain.lock"]);
const HOSTED_FOR_KEPT_KEYS: ReadonlySet<string> = new Set(["key.create", "key.rotate"]);

/** Whether the word is an act of the protocol. */
export function isAct(word: string): word is Act {
  return (ACTS as readonly string[]).includes(word);
}

/**
 * Whether an act only tightens. Tightening acts name no head, pass a lock and an expired roster, and are not stopped by
 * rejections.
 *
 * @see docs/spec/command.md
 */
export function isTightening(act: Act): boolean {
  return TIGHTENING.has(act);
}

/**
 * Whether one administrator's rejection ends a command of this act.
 *
 * What tightens is stopped by nobody. Nor is domain.unlock: one person alone locks a domain, and would keep it locked by
 * rejecting every unlock; whoever is against it does not approve.
 *
 * @see docs/spec/command.md, section 3
 */
export function isRejectable(act: Act): boolean {
  return !isTightening(act) && act !== "domain.unlock";
}

/** How an approval was given: where its page was served from, or by the local administrator. */
export type Channel = "customer" | "this-machine" | "hosted" | "local";

/**
 * Whether approvals over a channel count for an act.
 *
 * @param extractable - Whether a key that the command creates or rotates may leave the agent.
 * @see docs/spec/approval.md
 */
export function channelCounts(channel: Channel, act: Act | "roster.update", extractable: boolean): boolean {
  if (channel !== "hosted") return true;
  return HOSTED.has(act) || (HOSTED_FOR_KEPT_KEYS.has(act) && !extractable);
}
