import { z } from "zod";
import { takeCeremony, verifyPasskey } from "../../auth/ceremonies.ts";
import { limit } from "../../auth/limits.ts";
import { startSession } from "../../auth/sessions.ts";
import { publicProcedure } from "../procedures.ts";
import { authenticationResponse } from "../schemas/passkey.ts";

/** Signs the passkey's person in, with a new session. */
export const finish = publicProcedure
  .input(z.strictObject({ response: authenticationResponse }))
  .output(z.strictObject({ accountId: z.uuid() }))
  .mutation(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "sign-in with a passkey", input.response.id);
    const { challenge } = await takeCeremony(ctx, "sign-in");
    const { id, accountId } = await verifyPasskey(ctx, challenge, input.response);
    await startSession(ctx, { accountId, credentialId: id });
    return { accountId };
  });
