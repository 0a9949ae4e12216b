import { beginAuthentication } from "../../auth/ceremonies.ts";
import { limit } from "../../auth/limits.ts";
import { publicProcedure } from "../procedures.ts";
import { requestOptions } from "../schemas/passkey.ts";
import { nothing } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

/** Begins a sign-in. Nobody says who they are: the passkey does. */
export const begin = publicProcedure
  .input(nothing.optional())
  .output(told(requestOptions))
  .mutation(async ({ ctx }) => {
    await limit(ctx.db.identity, "sign-in from an address", ctx.address);
    return beginAuthentication(ctx, "sign-in");
  });
