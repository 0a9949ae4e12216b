import { z } from "zod";
import { FRESH_SECONDS } from "../../auth/sessions.ts";
import { signedInProcedure } from "../procedures.ts";
import { nothing, seconds } from "../schemas/plain.ts";

/** Who is signed in here. */
export const me = signedInProcedure
  .input(nothing.optional())
  .output(
    z.strictObject({
      account: z.strictObject({ id: z.uuid(), name: z.string() }),
      session: z.strictObject({ id: z.uuid(), steppedUpAt: seconds, freshUntil: seconds }),
      passkeys: z.number().int(),
    }),
  )
  .query(async ({ ctx }) => {
    const { id, name } = ctx.account;
    const steppedUpAt = Math.floor(ctx.session.steppedUpAt.getTime() / 1000);
    const passkeys = await ctx.db.identity.accounts.credentialsOf(id);
    return {
      account: { id, name },
      session: { id: ctx.session.id, steppedUpAt, freshUntil: steppedUpAt + FRESH_SECONDS },
      passkeys: passkeys.length,
    };
  });
