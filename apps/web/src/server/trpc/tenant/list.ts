import { findTenantName, ROLES } from "@holdfast/db";
import { z } from "zod";
import { signedInProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

const row = z.strictObject({ id: z.uuid(), name: z.string(), role: z.enum(ROLES) });

/** The organisations this account belongs to. */
export const list = signedInProcedure
  .input(nothing.optional())
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx }) => {
    const rows: z.infer<typeof row>[] = [];
    for (const { tenantId, role } of await ctx.db.membershipsOf(ctx.account.id)) {
      const name = await ctx.db.withTenant(tenantId, (tx) => findTenantName(tx, tenantId));
      if (name !== null) rows.push({ id: tenantId, name, role: z.enum(ROLES).parse(role) });
    }
    return { rows };
  });
