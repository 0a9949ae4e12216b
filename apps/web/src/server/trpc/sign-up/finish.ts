import { uuidV7 } from "@holdfast/db";
import { z } from "zod";
import { takeCeremony, verifyNewPasskey } from "../../auth/ceremonies.ts";
import { passkeyLabel } from "../../auth/passkey-label.ts";
import { startSession } from "../../auth/sessions.ts";
import { WebError } from "../../web-error.ts";
import { publicProcedure } from "../procedures.ts";
import { registrationResponse } from "../schemas/passkey.ts";

/** Makes the account with its first passkey, and signs its person in. */
export const finish = publicProcedure
  .input(z.strictObject({ response: registrationResponse }))
  .output(z.strictObject({ accountId: z.uuid() }))
  .mutation(async ({ ctx, input }) => {
    const { challenge, name, userHandle } = await takeCeremony(ctx, "sign-up");
    if (name === null || userHandle === null) throw new WebError("CEREMONY");
    const passkey = await verifyNewPasskey(ctx, challenge, input.response);
    const { accounts } = ctx.db.identity;
    if ((await accounts.findCredential(passkey.id)) !== null) throw new WebError("PASSKEY");
    const accountId = uuidV7();
    const label = passkeyLabel(passkey, ctx.headers.get("user-agent"));
    await accounts.create({ id: accountId, name, userHandle }, { ...passkey, accountId, label });
    await startSession(ctx, { accountId, credentialId: passkey.id });
    return { accountId };
  });
