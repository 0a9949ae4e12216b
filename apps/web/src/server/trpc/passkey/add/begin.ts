import { beginRegistration } from "../../../auth/ceremonies.ts";
import { limit } from "../../../auth/limits.ts";
import { freshProcedure } from "../../procedures.ts";
import { creationOptions, knownTransports } from "../../schemas/passkey.ts";
import { nothing } from "../../schemas/plain.ts";
import { told } from "../../schemas/told.ts";

/** Begins a further passkey of this account. */
export const begin = freshProcedure
  .input(nothing.optional())
  .output(told(creationOptions))
  .mutation(async ({ ctx }) => {
    await limit(ctx.db.identity, "passkey change of an account", ctx.account.id);
    const { id: accountId, name, userHandle } = ctx.account;
    const passkeys = await ctx.db.identity.accounts.credentialsOf(accountId);
    const known = passkeys.map(({ id, transports }) => ({ id, transports: knownTransports(transports) }));
    return beginRegistration(ctx, { purpose: "add-passkey", accountId, name, userHandle, known });
  });
