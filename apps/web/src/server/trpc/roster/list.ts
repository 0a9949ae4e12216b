import { listIntroductions, listLinks } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { introductionRow, linkRow } from "../schemas/roster.ts";
import { told } from "../schemas/told.ts";

/** Proposed changes of administrators and rules, newest first, and whom a change could add. Only bytes say what they are. */
export const list = environmentProcedure({})
  .output(told(z.strictObject({ links: z.array(linkRow), introductions: z.array(introductionRow) })))
  .query(({ ctx }) => {
    const now = Math.floor(Date.now() / 1000);
    return ctx.inEnvironment(async (tx) => ({
      links: await listLinks(tx, ctx.scope, now),
      introductions: await listIntroductions(tx, ctx.scope, now),
    }));
  });
