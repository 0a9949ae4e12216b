import { reviveDelivery } from "@holdfast/db";
import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

/** Has a delivery that was given up tried again. */
export const retry = environmentProcedure({ noticeId: z.uuid(), channelId: z.uuid() }, { writes: true })
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const { noticeId, channelId } = input;
    const revived = await ctx.inEnvironment((tx) => reviveDelivery(tx, ctx.scope, { noticeId, channelId }));
    if (!revived) throw new WebError("NOT_FOUND");
    await ctx.db.identity.noticeTurns.add(ctx.tenantId);
    return {};
  });
