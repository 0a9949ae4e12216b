import { setChannelKinds } from "@holdfast/db";
import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";
import { kinds } from "./receivers.ts";

/** Chooses which kinds a receiver gets. */
export const change = environmentProcedure({ id: z.uuid(), kinds }, { writes: true })
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    const chosen = [...new Set(input.kinds)];
    if (!(await ctx.inEnvironment((tx) => setChannelKinds(tx, ctx.scope, input.id, chosen))))
      throw new WebError("NOT_FOUND");
    return {};
  });
