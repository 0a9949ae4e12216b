import { secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";

/** An entry whose leaf was hashed into a tree that a signed head confirms. */
export interface VerifiedEntry {
  readonly n: number;
  readonly leaf: string;
  readonly ts: number;
  readonly kind: string;
  readonly subject: string;
  readonly command: string | null;
  readonly opens?: object | undefined;
  readonly state?: string | undefined;
  readonly receipt?: object | undefined;
  readonly envelope?: string | undefined;
}

/** A complete subtree of the log. */
export interface StoredNode {
  readonly level: number;
  readonly index: number;
  readonly hash: string;
}

/** How many entries are stored. */
export async function logSize(tx: TenantClient, { tenantId, environmentId }: Scope): Promise<number> {
  const last = await tx.logEntry.findFirst({
    where: { tenantId, environmentId },
    orderBy: { n: "desc" },
    select: { n: true },
  });
  return last === null ? 0 : Number(last.n) + 1;
}

/** Adds entries and the nodes that they complete. Caller must: have verified both, and hold the environment's lock. */
export async function appendEntries(
  tx: TenantClient,
  scope: Scope,
  given: { readonly entries: readonly VerifiedEntry[]; readonly nodes: readonly StoredNode[] },
): Promise<void> {
  const entries = given.entries.map((entry) => ({ ...scope, ...entry }));
  await tx.logEntry.createMany({ data: entries });
  await tx.logNode.createMany({ data: given.nodes.map((node) => ({ ...scope, ...node })) });
}

/** A poll may have been sent before what it crossed on its way; a head is settled after this. */
const SETTLED_MS = 60_000;

/** Size of the newest head that has been here for a while: no agent that did not go back can have a shorter log. */
export async function findSettledSize(tx: TenantClient, { tenantId, environmentId }: Scope): Promise<number> {
  const receivedAt = { lt: new Date(Date.now() - SETTLED_MS) };
  const row = await tx.checkpoint.findFirst({
    where: { tenantId, environmentId, receivedAt },
    orderBy: { size: "desc" },
    select: { size: true },
  });
  return row === null ? 0 : Number(row.size);
}

/** Keeps a signed head, in place of the same head with fewer cosignatures. */
export async function putCheckpoint(
  tx: TenantClient,
  scope: Scope,
  { size, root, note }: { readonly size: number; readonly root: string; readonly note: string },
): Promise<void> {
  await tx.checkpoint.upsert({
    where: { tenantId_environmentId_size: { ...scope, size } },
    create: { ...scope, size, root, note },
    update: { note },
  });
}

/** The head that our witness cosigned last; null before the first. */
export async function findWitnessHead(tx: TenantClient, scope: Scope) {
  const row = await tx.witnessHead.findUnique({ where: { tenantId_environmentId: scope } });
  return row === null ? null : { size: Number(row.size), root: row.root, cosignedAt: secondsOf(row.cosignedAt) };
}

/** Keeps what our witness is about to say. Nothing may be answered before this is durable. */
export async function putWitnessHead(
  tx: TenantClient,
  scope: Scope,
  head: { readonly size: number; readonly root: string; readonly cosignature: string; readonly cosignedAt: Date },
): Promise<void> {
  await tx.witnessHead.upsert({
    where: { tenantId_environmentId: scope },
    create: { ...scope, ...head },
    update: head,
  });
}
