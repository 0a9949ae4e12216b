import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { freshProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

/** Takes one of this account's passkeys away, never the last, and ends its other sessions. */
export const remove = freshProcedure
  .input(z.strictObject({ id: z.string().max(1400) }))
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const { accounts, sessions } = ctx.db.identity;
    const known = await accounts.credentialsOf(ctx.account.id);
    if (!known.some(({ id }) => id === input.id)) throw new WebError("NOT_FOUND");
    if (!(await accounts.removeCredential(ctx.account.id, input.id))) throw new WebError("LAST_PASSKEY");
    await sessions.endOthers(ctx.account.id, ctx.session.id);
    return {};
  });
