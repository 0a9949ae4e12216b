import { decodeBase64url, nameCommitment } from "@holdfast/protocol";
import type { KeyRecord } from "../keystore/records.ts";

/**
 * What the log says of an object's names, links and attributes: a hash under the record's own salt, so that they can be
 * shown later and not guessed before. Null where there is nothing to say.
 */
export function objectCommitment({ names, links, attributes, salt }: KeyRecord): { readonly bag: string } | null {
  if (salt === "") return null;
  return { bag: nameCommitment(decodeBase64url(salt), JSON.stringify({ names, links, attributes })) };
}
