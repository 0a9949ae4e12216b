import { listEntries } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { cursor, hash, nextCursor, pageSize, subject } from "../schemas/plain.ts";
import { logEntry } from "../schemas/signed.ts";

/** One page of the custody log, newest first. */
export const list = environmentProcedure({
  kind: z.string().max(64).optional(),
  subject: subject.optional(),
  command: hash.optional(),
  limit: pageSize(200, 50),
  cursor,
})
  .output(z.strictObject({ rows: z.array(logEntry), nextCursor }))
  .query(({ ctx, input }) => ctx.inEnvironment((tx) => listEntries(tx, ctx.scope, input)));
