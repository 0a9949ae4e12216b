import { z } from "zod";
import { encodeEnrolmentToken } from "../../../auth/enrolment-token.ts";
import { limit } from "../../../auth/limits.ts";
import { randomToken, tokenHash } from "../../../auth/tokens.ts";
import { WebError } from "../../../web-error.ts";
import { environmentProcedure } from "../../procedures.ts";
import { seconds } from "../../schemas/plain.ts";

const LIFE_SECONDS = 3600;

/** Makes a token by which one key server gets a mailbox here. It is shown once and gives no power over keys. */
export const create = environmentProcedure({}, { writes: true })
  .output(z.strictObject({ token: z.string(), expiresAt: seconds }))
  .mutation(async ({ ctx }) => {
    const { routes } = ctx.db.identity;
    await limit(ctx.db.identity, "enrolment tokens of an account", ctx.account.id);
    await ctx.inEnvironment(async () => undefined);
    const witness = await routes.findWitness();
    if (witness === null) throw new WebError("NO_GATEWAY");
    const secret = randomToken();
    const expiresAt = Math.floor(Date.now() / 1000) + LIFE_SECONDS;
    await routes.putToken({
      ...ctx.scope,
      tokenHash: tokenHash(secret),
      createdBy: ctx.account.id,
      expiresAt: new Date(expiresAt * 1000),
    });
    return { token: encodeEnrolmentToken({ gateway: ctx.environment.gatewayUrl, witness, secret }), expiresAt };
  });
