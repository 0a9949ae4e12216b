import { countOpenCommands } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count } from "../schemas/plain.ts";

/** How many commands wait for an approval. */
export const waiting = environmentProcedure({})
  .output(z.strictObject({ count }))
  .query(async ({ ctx }) => {
    const now = Math.floor(Date.now() / 1000);
    return { count: await ctx.inEnvironment((tx) => countOpenCommands(tx, ctx.scope, now)) };
  });
