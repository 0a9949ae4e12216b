import { removeChannel } from "@holdfast/db";
import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { nothing } from "../schemas/plain.ts";

/** Removes a receiver, with what was still on its way to it. */
export const remove = environmentProcedure({ id: z.uuid() }, { writes: true })
  .output(nothing)
  .mutation(async ({ ctx, input }) => {
    if (!(await ctx.inEnvironment((tx) => removeChannel(tx, ctx.scope, input.id)))) throw new WebError("NOT_FOUND");
    return {};
  });
