import { z } from "zod";
import { signedInProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

const at = z.iso.datetime();

/** Everything stored about the person who asks. Public keys and dates; no cookie can be had from it. */
export const account = signedInProcedure
  .input(nothing.optional())
  .output(
    z.strictObject({
      account: z.strictObject({ id: z.uuid(), name: z.string(), userHandle: z.string(), createdAt: at }),
      passkeys: z.array(
        z.strictObject({
          id: z.string(),
          label: z.string(),
          publicKey: z.string(),
          signCount: z.number(),
          transports: z.array(z.string()),
          aaguid: z.string(),
          isBackedUp: z.boolean(),
          isSyncable: z.boolean(),
          createdAt: at,
          lastUsedAt: at.nullable(),
        }),
      ),
      sessions: z.array(
        z.strictObject({ id: z.uuid(), device: z.string(), createdAt: at, lastSeenAt: at, expiresAt: at }),
      ),
      memberships: z.array(z.strictObject({ tenantId: z.uuid(), role: z.string() })),
    }),
  )
  .query(async ({ ctx }) => {
    const { accounts, sessions } = ctx.db.identity;
    const { id, name, userHandle } = ctx.account;
    const found = await accounts.find(id);
    const text = (date: Date) => date.toISOString();
    return {
      account: { id, name, userHandle, createdAt: text(found?.createdAt ?? new Date(0)) },
      passkeys: (await accounts.credentialsOf(id)).map(({ accountId: _, ...passkey }) => ({
        ...passkey,
        signCount: Number(passkey.signCount),
        createdAt: text(passkey.createdAt),
        lastUsedAt: passkey.lastUsedAt === null ? null : text(passkey.lastUsedAt),
      })),
      sessions: (await sessions.listOf(id)).map((session) => ({
        id: session.id,
        device: session.device,
        createdAt: text(session.createdAt),
        lastSeenAt: text(session.lastSeenAt),
        expiresAt: text(session.expiresAt),
      })),
      memberships: await ctx.db.membershipsOf(id),
    };
  });
