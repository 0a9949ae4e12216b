import { countOpenReportRequests, findEnvironment, requestReport } from "@holdfast/db";
import { z } from "zod";
import { limit } from "../../auth/limits.ts";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { seconds } from "../schemas/plain.ts";

const MOST_OPEN = 5;

/** Asks a key server for a custody report. It makes and signs it; nothing here could. */
export const request = environmentProcedure({ from: seconds.optional(), to: seconds.optional() })
  .output(z.strictObject({ requestId: z.uuid() }))
  .mutation(async ({ ctx, input }) => {
    if (input.from !== undefined && input.to !== undefined && input.from >= input.to) throw new WebError("BAD_INPUT");
    const { environmentId } = ctx.scope;
    await limit(ctx.db.identity, "reports of an environment", environmentId);
    return ctx.inTenant(async (tx) => {
      const environment = await findEnvironment(tx, ctx.scope);
      if (environment === null) throw new WebError("NOT_FOUND");
      if (environment.tid === null) throw new WebError("NOT_LINKED");
      if ((await countOpenReportRequests(tx, ctx.scope)) >= MOST_OPEN) throw new WebError("RATE");
      const period = {
        ...(input.from === undefined ? {} : { from: input.from }),
        ...(input.to === undefined ? {} : { to: input.to }),
      };
      return { requestId: await requestReport(tx, ctx.scope, { requestedBy: ctx.account.id, period }) };
    });
  });
