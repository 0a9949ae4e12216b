import { findLogHead } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count, hash } from "../schemas/plain.ts";

/** The newest signed head of the custody log, with its cosignatures; null before the first. */
export const head = environmentProcedure({})
  .output(z.strictObject({ size: count, root: hash, checkpoint: z.string() }).nullable())
  .query(({ ctx }) => ctx.inEnvironment((tx) => findLogHead(tx, ctx.scope)));
