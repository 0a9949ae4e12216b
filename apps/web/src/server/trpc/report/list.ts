import { listReportRequests, listReports } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { count, hash, seconds } from "../schemas/plain.ts";

const file = z.strictObject({ name: z.string(), mediaType: z.string(), sizeBytes: count, sha256: hash });
const row = z.strictObject({
  id: z.uuid(),
  requestId: z.uuid().nullable(),
  aid: z.string(),
  from: seconds.nullable(),
  to: seconds.nullable(),
  createdAt: seconds,
  completedAt: seconds.nullable(),
  files: z.array(file),
});
const asked = z.strictObject({
  id: z.uuid(),
  requestedAt: seconds,
  takenAt: seconds.nullable(),
  doneAt: seconds.nullable(),
  code: z.string().nullable(),
});

/** Custody reports that key servers made, and those that were asked for. */
export const list = environmentProcedure({})
  .output(z.strictObject({ rows: z.array(row), requests: z.array(asked) }))
  .query(({ ctx }) =>
    ctx.inEnvironment(async (tx) => ({
      rows: await listReports(tx, ctx.scope),
      requests: await listReportRequests(tx, ctx.scope),
    })),
  );
