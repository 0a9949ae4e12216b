import { z } from "zod";
import { takeCeremony, verifyPasskey } from "../../../auth/ceremonies.ts";
import { stepUpSession } from "../../../auth/sessions.ts";
import { WebError } from "../../../web-error.ts";
import { signedInProcedure } from "../../procedures.ts";
import { authenticationResponse } from "../../schemas/passkey.ts";
import { nothing } from "../../schemas/plain.ts";

/** Takes the passkey shown again; the session goes on under a new token. */
export const finish = signedInProcedure
  .input(z.strictObject({ response: authenticationResponse }))
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const { challenge, accountId } = await takeCeremony(ctx, "step-up");
    if (accountId !== ctx.account.id) throw new WebError("CEREMONY");
    const passkey = await verifyPasskey(ctx, challenge, input.response);
    if (passkey.accountId !== ctx.account.id) throw new WebError("PASSKEY");
    if (!(await stepUpSession(ctx, ctx.who, passkey.id))) throw new WebError("UNAUTHORIZED");
    return {};
  });
