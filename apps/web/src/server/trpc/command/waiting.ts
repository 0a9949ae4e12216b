import { countOpenCommands, countWaitingLinks } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count } from "../schemas/plain.ts";

/** How many commands wait for an approval, and changes of administrators and rules for theirs or for their delay. */
export const waiting = environmentProcedure({})
  .output(z.strictObject({ count }))
  .query(async ({ ctx }) => {
    const now = Math.floor(Date.now() / 1000);
    return ctx.inEnvironment(async (tx) => {
      const commands = await countOpenCommands(tx, ctx.scope, now);
      return { count: commands + (await countWaitingLinks(tx, ctx.scope, now)) };
    });
  });
