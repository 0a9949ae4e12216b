import {
  type Attest,
  type ClientStateDocument,
  decodeBase64url,
  encodeBase64url,
  findAgent,
  isLocalDomain,
  type KeyStateDocument,
  type RosterChain,
  sha256,
  type Verified,
  wordsOf,
} from "@holdfast/protocol";
import type { Cosignature, VerifiedCheckpoint } from "@holdfast/tlog";
import type { Evidence } from "../model/bundle.ts";
import type { BackupFacts, ClientFacts, Facts, KeyFacts } from "../model/facts.ts";
import type { ReadLog } from "../verify/verify-log.ts";
import type { Walked } from "../verify/walk-log.ts";
import type { Use } from "../verify/walk-record.ts";

/** What verification has established, from which alone facts are taken. */
export type Established = {
  readonly evidence: Evidence;
  readonly log: ReadLog;
  readonly chain: Verified<RosterChain>;
  readonly walked: Walked;
  readonly checkpoint: VerifiedCheckpoint;
  readonly cosignatures: readonly Cosignature[];
  readonly attest: Attest;
};

/** Derives what a report says from what was verified: the same facts for every reader. */
export function deriveFacts(established: Established): Facts {
  const { evidence, chain, walked, attest } = established;
  const { tid, made, period, declared } = evidence;
  const inPeriod = ({ at }: { readonly at: number }) => at >= period.from && at <= period.to;
  const { roster, hash } = chain.head;
  return {
    tid,
    words: wordsOf(tid),
    made,
    period,
    roster,
    rosterLinks: chain.rosters.length,
    rosterHash: hash,
    local: isLocalDomain(roster),
    domain: { locked: walked.replay.locked, recovering: walked.replay.recovering },
    backup: backupFacts(walked),
    keys: keyFacts(walked, inPeriod),
    clients: clientFacts(walked),
    changes: walked.changes.filter(inPeriod),
    events: walked.events.filter(inPeriod),
    refusals: walked.refusals.filter((at) => inPeriod({ at })).length,
    attest,
    declared,
    signer: {
      aid: attest.aid,
      label: findAgent(chain, attest.aid)?.label ?? attest.aid,
      fingerprint: fingerprint(evidence.certificates.report),
    },
    log: logFacts(established),
  };
}

function keyFacts(
  { replay, uses, releases }: Walked,
  inPeriod: (one: { readonly at: number }) => boolean,
): readonly KeyFacts[] {
  const usesOf = groupBy(uses, ({ key }) => key);
  return [...replay.keys].map(([id, { state, label, entry }]) => {
    const used = usesOf.get(id) ?? [];
    return {
      id,
      label,
      state,
      entry,
      versionAt: versionAt(state),
      use: sumUse(used.filter(inPeriod)),
      lastUsedAt: newest(used),
      releases: releases.filter((release) => release.key === id && inPeriod(release)).length,
    };
  });
}

function backupFacts({ replay, backup }: Walked): BackupFacts {
  const held = backup?.size ?? 0;
  const missing = [...replay.keys.values()].filter(
    ({ state, madeAt }) => !state.state.startsWith("destroyed") && madeAt >= held,
  );
  const { domain } = replay;
  return {
    newestAt: backup?.at ?? null,
    unbacked: missing.length,
    policy: domain?.backup ?? null,
    holdsNewKeys: domain?.ackNewKey === "backup",
  };
}

function versionAt({ versions, current, dates }: KeyStateDocument): number {
  return versions.find(({ version }) => version === current)?.created ?? dates.created;
}

function sumUse(uses: readonly Use[]): KeyFacts["use"] {
  return {
    count: uses.reduce((sum, { count }) => sum + count, 0),
    bytes: uses.reduce((sum, { bytes }) => sum + bytes, 0),
    clients: new Set(uses.map(({ client }) => client)).size,
    lastAt: newest(uses),
  };
}

function newest(uses: readonly Use[]): number | null {
  return uses.reduce<number | null>((last, { at }) => Math.max(last ?? 0, at), null);
}

function clientFacts({ replay, uses }: Walked): readonly ClientFacts[] {
  const usesOf = groupBy(uses, ({ client }) => client);
  return [...replay.clients].map(([id, { state, label }]) => ({
    id,
    label,
    state: state as ClientStateDocument,
    lastUsedAt: newest(usesOf.get(id) ?? []),
  }));
}

function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group) group.push(item);
    else groups.set(nameOf(item), [item]);
  }
  return groups;
}

function fingerprint(certificate: string): string {
  const digest = sha256(decodeBase64url(certificate));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function logFacts({ log, checkpoint, cosignatures }: Established): Facts["log"] {
  return {
    size: checkpoint.size,
    root: encodeBase64url(checkpoint.root),
    firstAt: log.entries[0]?.leaf.ts ?? 0,
    lastAt: log.entries.reduce((last, { leaf }) => Math.max(last, leaf.ts), 0),
    cosignatures: cosignatures.map(({ key, time }) => ({ name: key.name, time })),
  };
}
