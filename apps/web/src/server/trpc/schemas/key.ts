import { KEY_STATES, KEY_USAGES, OBJECT_TYPES, SCHEDULED_DEEDS } from "@holdfast/protocol";
import { z } from "zod";
import { clientId, count, keyId, seconds } from "./plain.ts";

export const keyState = z.enum(KEY_STATES);
const version = z.number().int().min(1);

/** Dates at which something comes about by itself, and since when the material is set aside. */
const planned = z.strictObject({
  /** When it could first be used: its periods begin then, or with the version. */
  activated: seconds.optional(),
  activation: seconds.optional(),
  processStart: seconds.optional(),
  protectStop: seconds.optional(),
  deactivation: seconds.optional(),
  archived: seconds.optional(),
  /** Since when it is suspended, also where it was retired or exposed since. */
  suspended: seconds.optional(),
  originatorSec: count.optional(),
  recipientSec: count.optional(),
  schedules: z
    .array(
      z.strictObject({
        id: z.string().max(40),
        does: z.enum(SCHEDULED_DEEDS),
        everySec: count,
        next: seconds,
        n: count,
        unusedSec: count.optional(),
      }),
    )
    .max(SCHEDULED_DEEDS.length)
    .optional(),
  /** How much it protects in all. */
  limit: z.strictObject({ unit: z.enum(["byte", "object"]), total: count }).optional(),
});

/** A key in a list: a claim, until a browser has proved the entry at `headLeaf`. */
export const keyRow = z.strictObject({
  id: keyId,
  label: z.string(),
  alias: z.string().nullable(),
  group: z.string(),
  /** Its type, for what has no algorithm. */
  algorithm: z.string().max(40),
  type: z.enum(OBJECT_TYPES),
  bits: count.nullable(),
  /** Whether somebody held it before it was registered. */
  registered: z.boolean(),
  /** The newest version that a former holder knows; 0 for a key that was made in its key server. */
  knownVersion: z.number(),
  usage: z.array(z.enum(KEY_USAGES)),
  extractable: z.boolean(),
  /** Whether its material is in its key server's token, which it never leaves. */
  inToken: z.boolean(),
  state: keyState,
  current: version,
  ownerClient: clientId.nullable(),
  created: seconds,
  cryptoperiodSec: count.nullable(),
  endsAt: seconds.nullable(),
  endedAt: seconds.nullable(),
  destroyDue: seconds.nullable(),
  planned,
  /** How much of its limit is given out, by its key server's account; null where that told nothing yet. */
  limitSpent: count.nullable(),
  lastUsedAt: seconds.nullable(),
  headLeaf: count,
});

export const keyVersion = z.strictObject({
  version,
  state: keyState,
  created: seconds,
  commit: z.string(),
  kcv: z.string().nullable(),
});
