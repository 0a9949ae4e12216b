import { beginAuthentication } from "../../../auth/ceremonies.ts";
import { limit } from "../../../auth/limits.ts";
import { signedInProcedure } from "../../procedures.ts";
import { knownTransports, requestOptions } from "../../schemas/passkey.ts";
import { nothing } from "../../schemas/plain.ts";
import { told } from "../../schemas/told.ts";

/** Asks a person who is signed in for their passkey again. */
export const begin = signedInProcedure
  .input(nothing.optional())
  .output(told(requestOptions))
  .mutation(async ({ ctx }) => {
    await limit(ctx.db.identity, "passkey change of an account", ctx.account.id);
    const passkeys = await ctx.db.identity.accounts.credentialsOf(ctx.account.id);
    return beginAuthentication(ctx, "step-up", {
      accountId: ctx.account.id,
      passkeys: passkeys.map(({ id, transports }) => ({ id, transports: knownTransports(transports) })),
    });
  });
