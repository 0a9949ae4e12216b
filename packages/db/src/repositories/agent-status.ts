import { isDeepStrictEqual } from "node:util";
import type { Scope, TenantClient } from "../tenancy.ts";

/** Something that a person has to see to at a key server, by its own word: docs/spec/gateway.md section 3. */
export type AgentCondition = {
  kind: string;
  /** Since when, or when last, Unix seconds. */
  at?: number;
  count?: number;
  code?: string;
};

/** What a key server says of itself. */
export interface AgentStatus {
  readonly name: string;
  readonly version: string | null;
  readonly build: string | null;
  readonly unsealMethod: string | null;
  readonly fips: string | null;
  readonly restUrl: string | null;
  readonly kmipUrl: string | null;
  readonly pageOrigin: string | null;
  readonly isSealed: boolean;
  readonly isLocked: boolean;
  readonly isRecovering: boolean;
  readonly keyCount: number | null;
  readonly clientCount: number | null;
  readonly logSize: number | null;
  /** Keys that are in no backup. */
  readonly unbackedCount: number | null;
  readonly backupAt: number | null;
  /** To how many places it backs up by itself; null: by hand only. */
  readonly backupPlaces: number | null;
  readonly backupFailing: string | null;
  readonly conditions: AgentCondition[];
}

/** Writes down what a key server says of itself, and that it was heard. @returns whether anything but the time changed */
export async function writeAgentStatus(
  tx: TenantClient,
  scope: Scope,
  { aid, status }: { readonly aid: string; readonly status: AgentStatus },
): Promise<boolean> {
  const key = { tenantId_environmentId_aid: { ...scope, aid } };
  const known = await tx.agent.findUnique({ where: key });
  const lastSeenAt = new Date();
  await tx.agent.upsert({
    where: key,
    create: { ...scope, aid, ...status, lastSeenAt },
    update: { ...status, lastSeenAt },
  });
  return (
    known === null || Object.entries(status).some(([name, value]) => !same(known[name as keyof typeof known], value))
  );
}

/** Runs of a key server's program that are remembered. */
const MOST_RUNS = 8;

/**
 * Notes which run of a key server's program polled.
 *
 * @returns whether it is one that another has followed already: then two of them run under one identity.
 */
export async function noteAgentRun(
  tx: TenantClient,
  scope: Scope,
  { aid, run }: { readonly aid: string; readonly run: string },
): Promise<boolean> {
  const key = { tenantId_environmentId_aid: { ...scope, aid } };
  const known = await tx.agent.findUnique({ where: key, select: { runId: true, earlierRuns: true } });
  if (known === null || known.runId === run) return false;
  const { runId, earlierRuns } = known;
  const earlier = [...(runId === null ? [] : [runId]), ...earlierRuns.filter((each) => each !== run)];
  await tx.agent.update({ where: key, data: { runId: run, earlierRuns: earlier.slice(0, MOST_RUNS) } });
  return earlierRuns.includes(run);
}

/** Makes a key server known by name, before it has said anything else. */
export async function introduceAgent(
  tx: TenantClient,
  scope: Scope,
  { aid, name, version }: { readonly aid: string; readonly name: string; readonly version: string | null },
): Promise<void> {
  await tx.agent.upsert({
    where: { tenantId_environmentId_aid: { ...scope, aid } },
    create: { ...scope, aid, name, version, lastSeenAt: new Date() },
    update: { name, version, lastSeenAt: new Date() },
  });
}

/** Notes how far a key server's log is here, sooner than it says so itself. */
export async function writeLogSize(
  tx: TenantClient,
  scope: Scope,
  { aid, size }: { readonly aid: string; readonly size: number },
): Promise<void> {
  await tx.agent.updateMany({ where: { ...scope, aid }, data: { logSize: size, lastSeenAt: new Date() } });
}

/** Keeps a key server's newest attestation, as it travels. */
export async function writeAttestation(
  tx: TenantClient,
  scope: Scope,
  { aid, attestation }: { readonly aid: string; readonly attestation: { readonly doc: string; readonly sig: string } },
): Promise<void> {
  await tx.agent.updateMany({ where: { ...scope, aid }, data: { attestation } });
}

/** Forgets a key server that has left. */
export async function removeAgent(tx: TenantClient, scope: Scope, aid: string): Promise<void> {
  await tx.agent.deleteMany({ where: { ...scope, aid } });
}

function same(stored: unknown, value: unknown): boolean {
  return isDeepStrictEqual(typeof stored === "bigint" ? Number(stored) : stored, value);
}
