import { findChannel } from "@holdfast/db";
import { z } from "zod";
import { writeTo } from "../../../notices/write-notices.ts";
import { limit } from "../../auth/limits.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";
import { noticeParts } from "./receivers.ts";

/** Sends a test to one receiver, on the way that every notice takes; the list of deliveries says what became of it. */
export const testReceiver = environmentProcedure({ id: z.uuid() }, { writes: true })
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const { settings } = noticeParts();
    await limit(ctx.db.identity, "notice tests of an organisation", ctx.tenantId);
    const pages = { origin: settings.origin, now: Math.floor(Date.now() / 1000) };
    await ctx.inEnvironment(async (tx) => {
      const channel = await findChannel(tx, ctx.scope, input.id);
      if (channel === null) throw new WebError("NOT_FOUND");
      await writeTo(
        tx,
        ctx.scope,
        channel.id,
        channel.confirmedAt === null ? "notices.confirm" : "notices.test",
        pages,
      );
    });
    await ctx.db.identity.noticeTurns.add(ctx.tenantId);
    return {};
  });
