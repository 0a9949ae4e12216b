import { GRANT_OPERATIONS } from "@holdfast/protocol";
import { z } from "zod";
import { clientId, count, hash, keyId, seconds } from "./plain.ts";

const selector = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  z.strictObject({ kind: z.literal("own") }),
  z.strictObject({ kind: z.literal("group"), id: z.string() }),
  z.strictObject({ kind: z.literal("key"), id: keyId }),
]);

const grants = z.array(z.strictObject({ ops: z.array(z.enum(GRANT_OPERATIONS)), keys: selector }));

/** A client in a list: a claim, until a browser has proved the entry at `headLeaf`. */
export const clientRow = z.strictObject({
  id: clientId,
  label: z.string(),
  state: z.enum(["active", "revoked"]),
  spki: hash,
  grants,
  /** What an enrolment secret lets in. */
  permit: z
    .strictObject({
      most: count,
      networks: z.array(z.string()),
      validitySec: count,
      renewable: z.boolean(),
    })
    .nullable(),
  /** The enrolment secret by which it came. */
  cameBy: clientId.nullable(),
  /** How many came by it, of an enrolment secret, whatever became of them. */
  letIn: count,
  created: seconds,
  notAfter: seconds.nullable(),
  revoked: seconds.nullable(),
  lastUsedAt: seconds.nullable(),
  headLeaf: count,
});
