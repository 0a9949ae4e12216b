import type { Scope, TenantClient } from "../tenancy.ts";

/** A key as the newest entry about it says. */
export interface KeyFacts {
  readonly id: string;
  /** What the entry opens of its names; undefined leaves what was known. */
  readonly label: string | undefined;
  /** Null for none any more, undefined for as before. */
  readonly alias: string | null | undefined;
  readonly group: string;
  readonly algorithm: string;
  readonly type: string;
  readonly bits: number | null;
  readonly isRegistered: boolean;
  /** The newest version that a former holder knows; 0 for a key that was made at its key server. */
  readonly knownVersion: number;
  readonly usage: readonly string[];
  readonly isExtractable: boolean;
  /** Whether its material is in its key server's token, which it never leaves. */
  readonly isInToken: boolean;
  readonly state: string;
  readonly current: number;
  readonly ownerClient: string | null;
  readonly created: number;
  readonly cryptoperiodSec: number | null;
  readonly endsAt: number | null;
  readonly endedAt: number | null;
  readonly destroyDue: number | null;
  /** What comes about by itself: dates and periods by name, Unix seconds and seconds, `schedules` and `limit`. */
  readonly planned: { readonly [name: string]: number | readonly object[] | object };
  /** How much of its usage limit is given out; undefined leaves what was known. */
  readonly limitSpent: number | undefined;
  /** The entry, where it is one that commands have to expect; undefined leaves the one before. */
  readonly headLeaf: number | undefined;
  readonly versions: readonly {
    readonly version: number;
    readonly state: string;
    readonly created: number;
    readonly commit: string;
    readonly kcv: string | null;
  }[];
}

/** Shown where the key server keeps names to itself. */
const UNNAMED = "(name not shared)";

/** Brings a key and its versions to what an entry says. */
export async function writeKey(tx: TenantClient, scope: Scope, facts: KeyFacts): Promise<void> {
  const { id, label, alias, versions, headLeaf, limitSpent, usage, ...rest } = facts;
  const named = {
    ...(label === undefined ? {} : { label }),
    ...(alias === undefined ? {} : { alias }),
    ...(headLeaf === undefined ? {} : { headLeaf }),
    ...(limitSpent === undefined ? {} : { limitSpent }),
  };
  const data = { ...rest, usage: [...usage] };
  await tx.key.upsert({
    where: { tenantId_environmentId_id: { ...scope, id } },
    create: { label: UNNAMED, headLeaf: 0, ...named, ...data, ...scope, id },
    update: { ...named, ...data },
  });
  const known = await tx.keyVersion.findMany({
    where: { ...scope, keyId: id },
    select: { version: true, state: true },
  });
  const states = new Map(known.map(({ version, state }) => [Number(version), state]));
  await tx.keyVersion.createMany({
    data: versions
      .filter(({ version }) => !states.has(version))
      .map((version) => ({ ...scope, keyId: id, ...version })),
  });
  for (const { version, state } of versions) {
    if ((states.get(version) ?? state) === state) continue;
    const key = { tenantId_environmentId_keyId_version: { ...scope, keyId: id, version } };
    await tx.keyVersion.update({ where: key, data: { state } });
  }
}

/** A client as the newest entry about it says. */
export interface ClientFacts {
  readonly id: string;
  readonly label: string | undefined;
  readonly state: string;
  readonly spki: string;
  readonly grants: readonly object[];
  /** What it lets in, of an enrolment secret. */
  readonly permit: object | null;
  /** The enrolment secret by which it came. */
  readonly cameBy: string | null;
  readonly created: number;
  readonly notAfter: number;
  readonly revoked: number | null;
  readonly headLeaf: number;
}

/** Brings a client to what an entry says. */
export async function writeClient(tx: TenantClient, scope: Scope, facts: ClientFacts): Promise<void> {
  const { id, label, grants, permit, ...rest } = facts;
  const data = { ...rest, grants: [...grants], ...(permit === null ? {} : { permit }) };
  await tx.client.upsert({
    where: { tenantId_environmentId_id: { ...scope, id } },
    create: { ...scope, id, label: label ?? UNNAMED, ...data },
    update: { ...(label === undefined ? {} : { label }), ...data },
  });
}

/** One client's use of one key in one minute. */
export interface UseFacts {
  readonly keyId: string;
  readonly clientId: string;
  /** Unix seconds. */
  readonly at: number;
  readonly count: number;
  readonly bytes: number;
}

const DAY_SECONDS = 86_400;

/** Adds use to the day's counts and to the dates of last use. */
export async function addUse(tx: TenantClient, scope: Scope, use: UseFacts): Promise<void> {
  const { tenantId, environmentId } = scope;
  const { keyId, clientId, at, count, bytes } = use;
  const day = Math.floor(at / DAY_SECONDS);
  await tx.$executeRaw`
    UPDATE app.client SET last_used_at = GREATEST(last_used_at, ${at})
    WHERE tenant_id = ${tenantId}::uuid AND environment_id = ${environmentId}::uuid AND id = ${clientId}`;
  const used = await tx.$executeRaw`
    UPDATE app.key SET last_used_at = GREATEST(last_used_at, ${at})
    WHERE tenant_id = ${tenantId}::uuid AND environment_id = ${environmentId}::uuid AND id = ${keyId}`;
  if (used === 0) return;
  await tx.$executeRaw`
    INSERT INTO app.key_use AS u (tenant_id, environment_id, key_id, client_id, day, count, bytes, last_used_at)
    VALUES (${tenantId}::uuid, ${environmentId}::uuid, ${keyId}, ${clientId}, ${day}, ${count}, ${bytes}, ${at})
    ON CONFLICT (tenant_id, environment_id, key_id, client_id, day) DO UPDATE SET
      count = u.count + EXCLUDED.count, bytes = u.bytes + EXCLUDED.bytes,
      last_used_at = GREATEST(u.last_used_at, EXCLUDED.last_used_at)`;
}
