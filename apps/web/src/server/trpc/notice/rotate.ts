import { rotateChannel } from "@holdfast/db";
import { z } from "zod";
import { isFresh } from "../../auth/sessions.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { seconds } from "../schemas/plain.ts";
import { noticeParts } from "./receivers.ts";

const OVERLAP_MS = 86_400_000;

/** Gives a webhook a new secret, told once. For a day every message is signed with both. */
export const rotate = environmentProcedure({ id: z.uuid() }, { writes: true })
  .output(z.strictObject({ secret: z.string(), previousUntil: seconds }))
  .mutation(async ({ ctx, input }) => {
    const { key } = noticeParts();
    if (!isFresh(ctx.who)) throw new WebError("STEP_UP");
    const until = new Date(Date.now() + OVERLAP_MS);
    const channel = await ctx.inEnvironment((tx) => rotateChannel(tx, ctx.scope, input.id, until));
    if (channel === null) throw new WebError("NOT_FOUND");
    return { secret: key.secretOf(channel), previousUntil: Math.floor(until.getTime() / 1000) };
  });
