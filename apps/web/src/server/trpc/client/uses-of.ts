import { usesByClient } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { clientId, count, keyId, seconds } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

const DAY_SECONDS = 86_400;
const RECENT_DAYS = 30;
const MOST = 200;

const uses = z.strictObject({
  keys: z.array(z.strictObject({ id: keyId, label: z.string(), count, lastUsedAt: seconds })).max(MOST),
});

/** The keys that a client used in the last 30 days: what ends for it when it is withdrawn. */
export const usesOf = environmentProcedure({ clientId })
  .output(told(uses))
  .query(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      const since = Math.floor(Date.now() / 1000 / DAY_SECONDS) - RECENT_DAYS;
      return { keys: (await usesByClient(tx, ctx.scope, input.clientId, since)).slice(0, MOST) };
    }),
  );
