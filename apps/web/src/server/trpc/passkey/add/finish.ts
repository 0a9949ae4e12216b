import { z } from "zod";
import { takeCeremony, verifyNewPasskey } from "../../../auth/ceremonies.ts";
import { passkeyLabel } from "../../../auth/passkey-label.ts";
import { WebError } from "../../../web-error.ts";
import { freshProcedure } from "../../procedures.ts";
import { registrationResponse } from "../../schemas/passkey.ts";
import { name } from "../../schemas/plain.ts";

/** Adds a passkey to this account and ends its other sessions. */
export const finish = freshProcedure
  .input(z.strictObject({ response: registrationResponse, label: name(64).optional() }))
  .output(z.strictObject({ id: z.string() }))
  .mutation(async ({ ctx, input }) => {
    const { challenge, accountId } = await takeCeremony(ctx, "add-passkey");
    if (accountId !== ctx.account.id) throw new WebError("CEREMONY");
    const passkey = await verifyNewPasskey(ctx, challenge, input.response);
    const { accounts, sessions } = ctx.db.identity;
    if ((await accounts.findCredential(passkey.id)) !== null) throw new WebError("PASSKEY");
    const label = input.label ?? passkeyLabel(passkey, ctx.headers.get("user-agent"));
    await accounts.addCredential({ ...passkey, accountId, label });
    await sessions.endOthers(accountId, ctx.session.id);
    return { id: passkey.id };
  });
