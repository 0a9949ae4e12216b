import { countStored, STORED_TABLE_NAMES, STORED_TABLES } from "@holdfast/db";
import { z } from "zod";
import { tenantProcedure } from "../procedures.ts";
import { count } from "../schemas/plain.ts";

const table = z.strictObject({
  name: z.enum(STORED_TABLE_NAMES),
  what: z.string(),
  why: z.string(),
  kept: z.string(),
  rows: count,
});

/** What we store about the organisation: every table, what for, how long, how much. */
export const list = tenantProcedure({})
  .output(z.strictObject({ tables: z.array(table) }))
  .query(async ({ ctx }) => {
    const counts = await ctx.inTenant((tx) => countStored(tx, ctx.tenantId));
    return { tables: STORED_TABLE_NAMES.map((name) => ({ name, ...STORED_TABLES[name], rows: counts[name] })) };
  });
