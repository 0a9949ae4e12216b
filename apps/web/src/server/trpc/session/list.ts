import { z } from "zod";
import { signedInProcedure } from "../procedures.ts";
import { nothing, seconds } from "../schemas/plain.ts";

const row = z.strictObject({
  id: z.uuid(),
  device: z.string(),
  createdAt: seconds,
  lastSeenAt: seconds,
  expiresAt: seconds,
  current: z.boolean(),
});

/** Where this account is signed in. */
export const list = signedInProcedure
  .input(nothing.optional())
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx }) => {
    const sessions = await ctx.db.identity.sessions.listOf(ctx.account.id);
    const at = (date: Date) => Math.floor(date.getTime() / 1000);
    return {
      rows: sessions.map(({ id, device, createdAt, lastSeenAt, expiresAt }) => ({
        id,
        device,
        createdAt: at(createdAt),
        lastSeenAt: at(lastSeenAt),
        expiresAt: at(expiresAt),
        current: id === ctx.session.id,
      })),
    };
  });
