import { CARRIED_KINDS, CARRIED_OUTCOMES, listCarried } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { hash, seconds } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

const row = z.strictObject({
  id: hash,
  hash,
  kind: z.enum(CARRIED_KINDS),
  taken: z.boolean(),
  over: z.boolean(),
  outcome: z.enum(CARRIED_OUTCOMES).nullable(),
  code: z.string().nullable(),
  givenAt: seconds,
});

/** What key servers said of decisions that were carried to them. */
export const carried = environmentProcedure({ ids: z.array(hash).min(1).max(50) })
  .output(z.strictObject({ rows: z.array(told(row)) }))
  .query(({ ctx, input }) => ctx.inEnvironment(async (tx) => ({ rows: await listCarried(tx, ctx.scope, input.ids) })));
