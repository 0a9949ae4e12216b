import { planConsistency } from "@holdfast/tlog";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count, hash } from "../schemas/plain.ts";
import { buildProof } from "./build-proof.ts";

/** Proof that the log of one size is the beginning of the log of another. */
export const consistency = environmentProcedure({ from: count, to: count })
  .output(z.strictObject({ hashes: z.array(hash) }))
  .query(({ ctx, input }) => {
    const plan = planConsistency(input.from, input.to);
    return ctx.inEnvironment(async (tx) => ({ hashes: await buildProof(tx, ctx.scope, plan) }));
  });
