import { exportStored, STORED_TABLE_NAMES } from "@holdfast/db";
import { z } from "zod";
import { limit } from "../../auth/limits.ts";
import { tenantProcedure } from "../procedures.ts";
import { nextCursor } from "../schemas/plain.ts";

/** One page of everything that is stored about the organisation, row by row, as it is. */
export const exportRows = tenantProcedure({
  table: z.enum(STORED_TABLE_NAMES),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
})
  .output(z.strictObject({ rows: z.array(z.record(z.string(), z.unknown())), nextCursor }))
  .query(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "exports of an account", ctx.account.id);
    const from = { table: input.table, skip: Number(input.cursor ?? 0) };
    const { rows, next } = await ctx.inTenant((tx) => exportStored(tx, ctx.tenantId, from));
    return { rows, nextCursor: next === null ? null : String(next) };
  });
