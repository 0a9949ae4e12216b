import { createTenant, uuidV7 } from "@holdfast/db";
import { z } from "zod";
import { limit } from "../../auth/limits.ts";
import { signedInProcedure } from "../procedures.ts";
import { name } from "../schemas/plain.ts";

/** Makes an organisation with its first environment; whoever asks becomes its owner. */
export const create = signedInProcedure
  .input(z.strictObject({ name: name(64), environmentName: name(64) }))
  .output(z.strictObject({ tenantId: z.uuid(), environmentId: z.uuid() }))
  .mutation(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "new organisations of an account", ctx.account.id);
    const tenantId = uuidV7();
    return ctx.db.withTenant(tenantId, (tx) => createTenant(tx, tenantId, { ...input, accountId: ctx.account.id }));
  });
