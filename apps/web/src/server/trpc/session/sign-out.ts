import { endSession } from "../../auth/sessions.ts";
import { publicProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

/** Ends this browser's session, if there is one. */
export const signOut = publicProcedure
  .input(nothing.optional())
  .output(nothing)
  .mutation(async ({ ctx }) => {
    await endSession(ctx);
    return {};
  });
