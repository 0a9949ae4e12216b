import { findClient } from "@holdfast/db";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { clientRow } from "../schemas/client.ts";
import { clientId } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

/** One application. */
export const get = environmentProcedure({ clientId })
  .output(told(clientRow))
  .query(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      const found = await findClient(tx, ctx.scope, input.clientId);
      if (found === null) throw new WebError("NOT_FOUND");
      return found;
    }),
  );
