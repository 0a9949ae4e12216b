import { channelCounts, MOST_HOSTED_KEYS } from "../command/acts.ts";
import type { Command } from "../command/command.ts";

/** What approvals at the hosted page count for, in a sentence for people. */
export const HOSTED_COUNTS =
  "suspending a key, ending a schedule, locking the environment, stopping what waits, and creating (ten at a time) or rotating keys that can never leave, each by a touch of its own";

/**
 * Whether a hosted page's approval of a command can count, as far as its own bytes say.
 *
 * The agent asks more: that a new key's group exists, that a key to be rotated can never leave. A person is only spared a
 * touch that counts for nothing.
 *
 * @see docs/spec/approval.md section 6
 */
export function countsHosted(command: Command): boolean {
  if (command.act !== "key.create") return channelCounts("hosted", command.act, false);
  const { items } = command.args;
  return items.length <= MOST_HOSTED_KEYS && items.every(({ extractable }) => !extractable);
}
