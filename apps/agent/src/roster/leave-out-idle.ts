import { channelCounts, findCredential, type PinnedRoster } from "@holdfast/protocol";
import { makeLinkEnvelope, type ReadLink } from "./link-envelope.ts";

/** A link without the approvals that count for no link, and who gave those. */
export interface CountingLink {
  readonly read: ReadLink;
  readonly idle: readonly string[];
}

/**
 * Leaves out what counts for no change of administrators: approvals by passkeys of a hosted page.
 *
 * Caller must: have verified them.
 */
export function leaveOutIdle(read: ReadLink, { roster }: PinnedRoster): CountingLink {
  const idle = new Map<string, string>();
  for (const { credId } of read.envelope.approvals) {
    const found = findCredential(roster, credId) ?? findCredential(read.roster, credId);
    if (found !== null && !channelCounts(found.credential.channel, "roster.update", false))
      idle.set(credId, found.administrator.adm);
  }
  if (idle.size === 0) return { read, idle: [] };
  const approvals = read.envelope.approvals.filter(({ credId }) => !idle.has(credId));
  return { read: makeLinkEnvelope({ ...read.envelope, approvals }), idle: [...new Set(idle.values())] };
}
