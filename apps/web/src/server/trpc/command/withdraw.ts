import { findCommand, withdrawCommand } from "@holdfast/db";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { hash, nothing } from "../schemas/plain.ts";

/** Takes an open command out of the mailbox. Rejecting it for good is done at the key server, with a passkey. */
export const withdraw = environmentProcedure({ hash }, { writes: true })
  .output(nothing)
  .mutation(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      if ((await findCommand(tx, ctx.scope, input.hash, 0)) === null) throw new WebError("NOT_FOUND");
      if (!(await withdrawCommand(tx, ctx.scope, input.hash))) throw new WebError("NOT_OPEN");
      return {};
    }),
  );
