import { carryApprovals, countCarried, findDecidable, type GivenApproval } from "@holdfast/db";
import { type Approval, encodeBase64url, parseApproval, sha256 } from "@holdfast/protocol";
import { z } from "zod";
import { limit } from "../../auth/limits.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { hash } from "../schemas/plain.ts";

const MOST_ON_THE_WAY = 100;
const text = (longest: number) => z.string().min(1).max(longest);

const approval = z.strictObject({
  decision: z.union([z.literal(1), z.literal(2)]),
  list: z.array(hash).min(1).max(50),
  credId: text(1_400),
  clientDataJSON: text(8_192),
  authData: text(8_192),
  sig: text(1_400),
});

/** Puts a decision that was made at the hosted page into the key servers' mailbox. What it counts for, they say. */
export const carry = environmentProcedure({ approval }, { writes: true })
  .output(z.strictObject({ ids: z.array(hash) }))
  .mutation(async ({ ctx, input }) => {
    await limit(ctx.db.identity, "proposals of an account", ctx.account.id);
    const given = parseApproval(input.approval);
    return ctx.inEnvironment(async (tx) => {
      const approvals: GivenApproval[] = [];
      for (const of of given.list) {
        const kind = await findDecidable(tx, ctx.scope, of);
        if (kind === null) throw new WebError("NOT_FOUND");
        approvals.push({ id: idOf(given, of), hash: of, kind, approval: given });
      }
      if ((await countCarried(tx, ctx.scope)) + approvals.length > MOST_ON_THE_WAY) throw new WebError("MAILBOX_FULL");
      await carryApprovals(tx, ctx.scope, { approvals, givenBy: ctx.account.id });
      return { ids: approvals.map(({ id }) => id) };
    });
  });

function idOf({ sig }: Approval, of: string): string {
  return encodeBase64url(sha256(new TextEncoder().encode(`${of} ${sig}`)));
}
