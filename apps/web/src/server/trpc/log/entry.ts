import { findEntry } from "@holdfast/db";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { count } from "../schemas/plain.ts";
import { logEntry } from "../schemas/signed.ts";

/** One entry with what opens it. */
export const entry = environmentProcedure({ n: count })
  .output(logEntry)
  .query(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      const found = await findEntry(tx, ctx.scope, input.n);
      if (found === null) throw new WebError("NOT_FOUND");
      return found;
    }),
  );
