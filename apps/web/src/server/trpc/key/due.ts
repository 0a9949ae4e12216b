import { listDueKeys } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { keyRow } from "../schemas/key.ts";
import { seconds } from "../schemas/plain.ts";
import { told } from "../schemas/told.ts";

const MOST_KEYS = 200;

const dueKey = keyRow.extend({
  /** When the next of its versions stops opening; null without such an end. */
  opensUntil: seconds.nullable(),
});

/** Keys of which something ends or comes about by itself. What comes after `until` may be missing; null when nothing is. */
export const due = environmentProcedure({})
  .output(told(z.strictObject({ rows: z.array(dueKey), until: seconds.nullable() })))
  .query(({ ctx }) =>
    ctx.inEnvironment((tx) => listDueKeys(tx, ctx.scope, { now: Math.floor(Date.now() / 1000), limit: MOST_KEYS })),
  );
