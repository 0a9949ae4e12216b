import { planInclusion } from "@holdfast/tlog";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count, hash } from "../schemas/plain.ts";
import { buildProof } from "./build-proof.ts";

/** Proof that an entry is in the log of a size. */
export const inclusion = environmentProcedure({ n: count, size: count })
  .output(z.strictObject({ hashes: z.array(hash) }))
  .query(({ ctx, input }) => {
    const plan = planInclusion(input.n, input.size);
    return ctx.inEnvironment(async (tx) => ({ hashes: await buildProof(tx, ctx.scope, plan) }));
  });
