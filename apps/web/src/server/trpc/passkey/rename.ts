import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { signedInProcedure } from "../procedures.ts";
import { name, nothing } from "../schemas/plain.ts";

/** Gives one of this account's passkeys another name. */
export const rename = signedInProcedure
  .input(z.strictObject({ id: z.string().max(1400), label: name(64) }))
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const renamed = await ctx.db.identity.accounts.renameCredential(ctx.account.id, input.id, input.label);
    if (!renamed) throw new WebError("NOT_FOUND");
    return {};
  });
