import { findCommand } from "@holdfast/db";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { commandRow } from "../schemas/command.ts";
import { hash } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

/** One command. */
export const get = environmentProcedure({ hash })
  .output(told(commandRow))
  .query(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      const found = await findCommand(tx, ctx.scope, input.hash, Math.floor(Date.now() / 1000));
      if (found === null) throw new WebError("NOT_FOUND");
      return found;
    }),
  );
