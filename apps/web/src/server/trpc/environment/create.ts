import { createEnvironment, hasEnvironmentNamed } from "@holdfast/db";
import { z } from "zod";
import { limit } from "../../auth/limits.ts";
import { WebError } from "../../web-error.ts";
import { tenantProcedure } from "../procedures.ts";
import { name } from "../schemas/plain.ts";

/** Makes a further environment, which a key server founds. */
export const create = tenantProcedure({ name: name(64) }, { writes: true })
  .output(z.strictObject({ environmentId: z.uuid() }))
  .mutation(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "new environments of an organisation", ctx.tenantId);
    return ctx.inTenant(async (tx) => {
      if (await hasEnvironmentNamed(tx, ctx.tenantId, input.name)) throw new WebError("NAME_TAKEN");
      const { environmentId } = await createEnvironment(tx, ctx.tenantId, input.name);
      return { environmentId };
    });
  });
