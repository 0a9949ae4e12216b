import { listEnvironments } from "@holdfast/db";
import { z } from "zod";
import { tenantProcedure } from "../procedures.ts";

const row = z.strictObject({ id: z.uuid(), name: z.string(), tid: z.string().nullable() });

/** The organisation's environments. */
export const list = tenantProcedure({})
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx }) => {
    const rows = await ctx.inTenant((tx) => listEnvironments(tx, ctx.tenantId));
    return { rows: rows.map(({ id, name, tid }) => ({ id, name, tid })) };
  });
