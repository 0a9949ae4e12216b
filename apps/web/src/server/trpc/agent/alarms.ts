import { listAlarms } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { seconds } from "../schemas/plain.ts";

/** How long an alarm is shown. */
const SHOWN_MS = 7 * 86_400_000;

const row = z.strictObject({ id: z.string(), aid: z.string().nullable(), code: z.string(), raisedAt: seconds });

/** What the gateway refused of a key server's log, or found missing in it: something a member should look into. */
export const alarms = environmentProcedure({})
  .output(z.strictObject({ rows: z.array(row) }))
  .query(async ({ ctx }) => {
    const since = new Date(Date.now() - SHOWN_MS);
    return { rows: await ctx.inEnvironment((tx) => listAlarms(tx, ctx.scope, since)) };
  });
