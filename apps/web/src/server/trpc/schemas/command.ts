import { COMMAND_STATUSES } from "@holdfast/db";
import { z } from "zod";
import { count, hash, seconds } from "./plain.ts";

/** A command as the mailbox tells of it; only its bytes say what it does. */
export const commandRow = z.strictObject({
  hash,
  doc: z.string(),
  status: z.enum(COMMAND_STATUSES),
  code: z.string().nullable(),
  have: z.number().int(),
  need: z.number().int(),
  delivered: z.boolean(),
  entry: count.nullable(),
  due: seconds.nullable(),
  proposedAt: seconds,
});
