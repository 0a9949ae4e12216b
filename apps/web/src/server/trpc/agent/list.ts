import { listAgents } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count, seconds } from "../schemas/plain.ts";

const condition = z.strictObject({
  kind: z.string(),
  at: seconds.optional(),
  count: count.optional(),
  code: z.string().optional(),
});

const row = z.strictObject({
  aid: z.string(),
  name: z.string(),
  version: z.string().nullable(),
  build: z.string().nullable(),
  kek: z.string().nullable(),
  fips: z.string().nullable(),
  rest: z.string().nullable(),
  kmip: z.string().nullable(),
  page: z.string().nullable(),
  sealed: z.boolean(),
  locked: z.boolean(),
  recovering: z.boolean(),
  keys: z.number().int().nullable(),
  clients: z.number().int().nullable(),
  size: count.nullable(),
  unbacked: z.number().int().nullable(),
  backupAt: seconds.nullable(),
  backupPlaces: z.number().int().nullable(),
  backupFailing: z.string().nullable(),
  conditions: z.array(condition).readonly(),
  lastSeenAt: seconds.nullable(),
  enrolledAt: seconds,
});

/** The key servers, as they last reported of themselves. */
export const list = environmentProcedure({})
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx }) => ({ rows: await ctx.inEnvironment((tx) => listAgents(tx, ctx.scope)) }));
