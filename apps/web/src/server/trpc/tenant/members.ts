import { listMembers, ROLES } from "@holdfast/db";
import { z } from "zod";
import { tenantProcedure } from "../procedures.ts";
import { seconds } from "../schemas/plain.ts";

const row = z.strictObject({
  accountId: z.uuid(),
  name: z.string(),
  role: z.enum(ROLES),
  since: seconds,
  you: z.boolean(),
});

/** Who belongs to the organisation. */
export const members = tenantProcedure({})
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx }) => {
    const found = await ctx.inTenant((tx) => listMembers(tx, ctx.tenantId));
    const rows: z.infer<typeof row>[] = [];
    for (const { accountId, role, createdAt } of found) {
      const account = await ctx.db.identity.accounts.find(accountId);
      rows.push({
        accountId,
        name: account?.name ?? "an account that is gone",
        role: z.enum(ROLES).parse(role),
        since: Math.floor(createdAt.getTime() / 1000),
        you: accountId === ctx.account.id,
      });
    }
    return { rows };
  });
