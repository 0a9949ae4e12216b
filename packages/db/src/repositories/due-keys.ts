import { Prisma } from "../generated/client.ts";
import { findNumber } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import { listKeys, readKeys } from "./keys.ts";

/** From this part of a usage limit on a key counts as due, in fifths: 80 %. */
const NEARLY_SPENT_FIFTHS = 4;

interface PlannedKey {
  readonly id: string;
  readonly at: bigint;
  readonly opens_until: bigint | null;
}

/**
 * The keys of which something ends or comes about by itself, the soonest first: at most `limit` whose period or waiting
 * destruction ends, and as many with a planned date, a schedule, a version that stops opening or a nearly spent limit.
 *
 * @param now - Unix seconds; planned dates that have passed say nothing any more
 * @returns Each with when its next version stops opening; `until`: what comes after that time may be missing, null when nothing is
 */
export async function listDueKeys(tx: TenantClient, scope: Scope, { now, limit }: { now: number; limit: number }) {
  const ending = await listKeys(tx, scope, { sort: "ends", limit });
  const ends = ending.rows.filter((row) => endOf(row) !== null);
  const found = await plannedKeys(tx, scope, { now, limit: limit + 1 });
  const planned = found.slice(0, limit);
  const opensUntil = new Map(planned.map(({ id, opens_until }) => [id, findNumber(opens_until)]));
  const known = new Set(ends.map(({ id }) => id));
  const others = await readKeys(
    tx,
    scope,
    planned.map(({ id }) => id).filter((id) => !known.has(id)),
  );
  const lastEnding = ending.nextCursor === null ? null : endOf(ending.rows.at(-1));
  const lastPlanned = found.length > limit ? Number(planned.at(-1)?.at) : null;
  const cuts = [lastEnding, lastPlanned].filter((each) => each !== null);
  return {
    rows: [...ends, ...others].map((row) => ({ ...row, opensUntil: opensUntil.get(row.id) ?? null })),
    until: cuts.length === 0 ? null : Math.min(...cuts),
  };
}

/** When a listed key's period or waiting destruction ends; null where nothing does, and so none is missing after it. */
function endOf(row: { readonly endsAt: number | null; readonly destroyDue: number | null } | undefined): number | null {
  const ends = [row?.endsAt, row?.destroyDue].filter((each) => typeof each === "number");
  return ends.length === 0 ? null : Math.min(...ends);
}

function plannedKeys(
  tx: TenantClient,
  { tenantId, environmentId }: Scope,
  { now, limit }: { now: number; limit: number },
): Promise<PlannedKey[]> {
  const date = (name: string) => Prisma.sql`(k.planned ->> ${name})::bigint`;
  const toCome = (name: string) => Prisma.sql`CASE WHEN ${date(name)} > ${now} THEN ${date(name)} END`;
  return tx.$queryRaw<PlannedKey[]>`
    SELECT id, at, opens_until FROM (
      SELECT k.id, version.opens_until, LEAST(
        CASE WHEN k.state = 'pre-active' THEN ${toCome("activation")} END,
        CASE WHEN k.state IN ('pre-active', 'active', 'suspended') THEN
          LEAST(${toCome("protectStop")}, ${toCome("deactivation")},
            CASE WHEN k.limit_spent * 5 >= (k.planned #>> '{limit,total}')::bigint * ${NEARLY_SPENT_FIFTHS} THEN 0 END)
        END,
        CASE WHEN k.state = 'active' THEN
          (SELECT min((schedule ->> 'next')::bigint) FROM jsonb_array_elements(k.planned -> 'schedules') schedule) END,
        version.opens_until) AS at
      FROM app.key k
      LEFT JOIN LATERAL (
        SELECT min(GREATEST(v.created, COALESCE(${date("activated")}, 0)) + ${date("recipientSec")}) AS opens_until
        FROM app.key_version v
        WHERE v.tenant_id = k.tenant_id AND v.environment_id = k.environment_id AND v.key_id = k.id
          AND GREATEST(v.created, COALESCE(${date("activated")}, 0)) + ${date("recipientSec")} > ${now}
      ) version ON k.planned ? 'recipientSec' AND k.state IN ('active', 'suspended', 'deactivated', 'compromised')
      WHERE k.tenant_id = ${tenantId}::uuid AND k.environment_id = ${environmentId}::uuid
        AND k.planned ?| ARRAY['activation', 'protectStop', 'deactivation', 'recipientSec', 'schedules', 'limit']
    ) due WHERE at IS NOT NULL ORDER BY at, id LIMIT ${limit}`;
}
