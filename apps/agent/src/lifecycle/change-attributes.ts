import { randomBytes } from "@holdfast/crypto";
import { encodeBase64url } from "@holdfast/protocol";
import type { KeyRecord } from "../keystore/records.ts";
import type { KeyEffect } from "./effect.ts";
import { objectCommitment } from "./object-commitment.ts";

const SALT_BYTES = 16;

/** What of a record no step changes but somebody may say anew. */
export type Saying = Partial<Pick<KeyRecord, "names" | "links" | "attributes" | "dates" | "limits">>;

/**
 * The effect of saying something else about an object: names, links, attributes, planned dates, limits.
 *
 * The head moves when what is said decides something, dates and limits; commands that expect the object as it was are
 * then refused.
 */
export function sayingEffect(before: KeyRecord, saying: Saying): KeyEffect {
  const salt = before.salt === "" ? encodeBase64url(randomBytes(SALT_BYTES)) : before.salt;
  const after: KeyRecord = { ...before, ...saying, salt };
  const data = objectCommitment(after);
  return {
    ...{ on: "key", before, after, movesHead: decides(before) !== decides(after) },
    ...(data === null ? {} : { data }),
  };
}

function decides({ dates, limits }: KeyRecord): string {
  return JSON.stringify([dates, limits && [limits.unit, limits.total]]);
}
