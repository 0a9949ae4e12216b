import { rosterChainOf } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { rosterLink } from "../schemas/signed.ts";

/** The chain of administrators and rules, genesis first, for the browser to verify. */
export const chain = environmentProcedure({})
  .output(z.strictObject({ chain: z.array(rosterLink) }))
  .query(async ({ ctx }) => ({ chain: await ctx.inEnvironment((tx) => rosterChainOf(tx, ctx.scope)) }));
