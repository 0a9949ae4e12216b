import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { signedInProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

/** Ends one session of this account. */
export const end = signedInProcedure
  .input(z.strictObject({ id: z.uuid() }))
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    if (!(await ctx.db.identity.sessions.endOne(ctx.account.id, input.id))) throw new WebError("NOT_FOUND");
    return {};
  });
