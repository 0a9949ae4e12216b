import { findAnnotation } from "@holdfast/db";
import { z } from "zod";
import { environmentProcedure } from "../procedures.ts";
import { seconds, subject } from "../schemas/plain.ts";

const annotation = z.strictObject({
  title: z.string(),
  notes: z.string(),
  owner: z.string(),
  ticket: z.string(),
  writtenBy: z.uuid(),
  writtenAt: seconds,
});

/** What members noted beside something; null when nothing. Unsigned. */
export const get = environmentProcedure({ subject })
  .output(annotation.nullable())
  .query(({ ctx, input }) => ctx.inEnvironment((tx) => findAnnotation(tx, ctx.scope, input.subject)));
