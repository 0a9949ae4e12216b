import type { AgentStatus } from "@holdfast/db";
import { z } from "zod";
import { code, count, line } from "./fields.ts";

const MOST_CONDITIONS = 16;

const optionalLine = (longest: number) => line(longest).nullish();

/** Kinds that this version does not know are kept and shown as such: an agent may be newer. */
const condition = z.strictObject({
  kind: z
    .string()
    .max(32)
    .regex(/^[a-z]+\.[a-z]+$/),
  at: count.optional(),
  count: count.optional(),
  code: code.optional(),
});

/** What an agent says of itself: docs/spec/gateway.md section 3. */
export const agentStatus = z.strictObject({
  name: line(128),
  version: optionalLine(64),
  build: optionalLine(128),
  kek: optionalLine(64),
  fips: optionalLine(256),
  rest: optionalLine(512),
  kmip: optionalLine(512),
  page: optionalLine(512),
  sealed: z.boolean(),
  locked: z.boolean(),
  recovering: z.boolean(),
  keys: count.nullish(),
  clients: count.nullish(),
  size: count.nullish(),
  unbacked: count.nullish(),
  backupAt: count.nullish(),
  backupPlaces: count.nullish(),
  backupFailing: optionalLine(512),
  conditions: z.array(condition).max(MOST_CONDITIONS).nullish(),
});

/** The same as the database keeps it. */
export function toAgentStatus(status: z.infer<typeof agentStatus>): AgentStatus {
  return {
    name: status.name,
    version: status.version ?? null,
    build: status.build ?? null,
    unsealMethod: status.kek ?? null,
    fips: status.fips ?? null,
    restUrl: status.rest ?? null,
    kmipUrl: status.kmip ?? null,
    pageOrigin: status.page ?? null,
    isSealed: status.sealed,
    isLocked: status.locked,
    isRecovering: status.recovering,
    keyCount: status.keys ?? null,
    clientCount: status.clients ?? null,
    logSize: status.size ?? null,
    unbackedCount: status.unbacked ?? null,
    backupAt: status.backupAt ?? null,
    backupPlaces: status.backupPlaces ?? null,
    backupFailing: status.backupFailing ?? null,
    conditions: (status.conditions ?? []).map(({ kind, at, count, code }) => ({
      kind,
      ...(at === undefined ? {} : { at }),
      ...(count === undefined ? {} : { count }),
      ...(code === undefined ? {} : { code }),
    })),
  };
}
