import { z } from "zod";
import { beginRegistration } from "../../auth/ceremonies.ts";
import { limit } from "../../auth/limits.ts";
import { randomToken } from "../../auth/tokens.ts";
import { publicProcedure } from "../procedures.ts";
import { creationOptions } from "../schemas/passkey.ts";
import { name } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

/** Begins an account: its first passkey is made before there is anything else. */
export const begin = publicProcedure
  .input(z.strictObject({ name: name(64) }))
  .output(told(creationOptions))
  .mutation(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "sign-up from an address", ctx.address);
    return beginRegistration(ctx, {
      purpose: "sign-up",
      accountId: null,
      name: input.name,
      userHandle: randomToken(),
      known: [],
    });
  });
