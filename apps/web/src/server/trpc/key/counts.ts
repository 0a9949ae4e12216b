import { countKeys } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count } from "../schemas/plain.ts";

/** How many keys there are, by state, and the groups they are in. */
export const counts = environmentProcedure({})
  .output(z.strictObject({ total: count, byState: z.record(z.string(), count), groups: z.array(z.string()) }))
  .query(({ ctx }) => ctx.inEnvironment((tx) => countKeys(tx, ctx.scope)));
