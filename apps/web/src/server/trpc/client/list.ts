import { listClients } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { clientRow } from "../schemas/client.ts";
import { told } from "../schemas/told.ts";

/** The applications that may use keys, or might once. */
export const list = environmentProcedure({})
  .output(told(z.strictObject({ rows: z.array(clientRow) })))
  .query(async ({ ctx }) => ({ rows: await ctx.inEnvironment((tx) => listClients(tx, ctx.scope)) }));
