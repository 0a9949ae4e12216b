import { EVENT_KINDS } from "@holdfast/db";
import { tracked } from "@trpc/server";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { heardEvents } from "./heard-events.ts";

/** Ids only have to differ: a page that comes back looks at everything anyway. */
let told = 0;

/** What changes in the environment, by kind, as it changes. */
export const stream = environmentProcedure({ lastEventId: z.string().max(64).nullish() }).subscription(
  async function* ({ ctx, signal }) {
    await ctx.inEnvironment(async () => undefined);
    if (!signal) return;
    for await (const kind of heardEvents(ctx.db, ctx.scope, signal)) {
      told += 1;
      yield tracked(`${Date.now()}-${told}`, { kind: z.enum(EVENT_KINDS).parse(kind) });
    }
  },
);
