import { z } from "zod";
import { signedInProcedure } from "../procedures.ts";
import { nothing, seconds } from "../schemas/plain.ts";

const row = z.strictObject({
  id: z.string(),
  label: z.string(),
  createdAt: seconds,
  lastUsedAt: seconds.nullable(),
  syncable: z.boolean(),
  backedUp: z.boolean(),
  current: z.boolean(),
});

/** The passkeys that this account signs in with. */
export const list = signedInProcedure
  .input(nothing.optional())
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx }) => {
    const passkeys = await ctx.db.identity.accounts.credentialsOf(ctx.account.id);
    const at = (date: Date) => Math.floor(date.getTime() / 1000);
    return {
      rows: passkeys.map(({ id, label, createdAt, lastUsedAt, isSyncable, isBackedUp }) => ({
        id,
        label,
        createdAt: at(createdAt),
        lastUsedAt: lastUsedAt === null ? null : at(lastUsedAt),
        syncable: isSyncable,
        backedUp: isBackedUp,
        current: id === ctx.session.credentialId,
      })),
    };
  });
