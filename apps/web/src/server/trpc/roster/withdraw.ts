import { withdrawLink } from "@holdfast/db";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { hash, nothing } from "../schemas/plain.ts";

/** Takes a change that nobody has approved out of the mailbox. Cancelling for good is done at the key server. */
export const withdraw = environmentProcedure({ hash }, { writes: true })
  .output(nothing)
  .mutation(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      if (!(await withdrawLink(tx, ctx.scope, input.hash))) throw new WebError("NOT_OPEN");
      return {};
    }),
  );
