import { z } from "zod";
import { signedInProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

/** Ends every session of this account but this one. */
export const endOthers = signedInProcedure
  .input(nothing.optional())
  .output(z.strictObject({ ended: z.number().int() }))
  .mutation(async ({ ctx }) => ({
    ended: await ctx.db.identity.sessions.endOthers(ctx.account.id, ctx.session.id),
  }));
