import { COMMAND_STATUSES } from "@holdfast/db";
import { z } from "zod";
import { hash, seconds } from "./plain.ts";

/** Bytes of a signed document, as they travel. */
export function base64urlText(longest: number) {
  return z
    .string()
    .min(4)
    .max(longest)
    .regex(/^[A-Za-z0-9_-]+$/);
}

const approvals = z.strictObject({ have: z.number().int(), need: z.number().int() });

/** A change of administrators and rules as the mailbox tells of it; only its bytes say what it does. */
export const linkRow = z.strictObject({
  hash,
  doc: z.string(),
  intros: z.array(z.string()),
  status: z.enum(COMMAND_STATUSES),
  code: z.string().nullable(),
  old: approvals,
  new: approvals,
  delivered: z.boolean(),
  due: seconds.nullable(),
  proposedAt: seconds,
});

/** What a newcomer gave to a key server, as its bytes say. */
export const introductionRow = z.strictObject({ hash, doc: z.string(), until: seconds });
