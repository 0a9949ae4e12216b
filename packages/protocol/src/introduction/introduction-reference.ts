import { findBase64url } from "../encoding/base64url.ts";
import { type Schema, text } from "../schema/schema.ts";

const PREFIX = "intro:";

/** `intro:` and the hash of an introduction: how a command names a newcomer's key. */
export const introductionReference: Schema<string> = text(
  (value) => value.startsWith(PREFIX) && findBase64url(value.slice(PREFIX.length))?.length === 32,
  "the name of an introduction",
);

/** The reference to an introduction by its hash. */
export function referTo(hash: string): string {
  return `${PREFIX}${hash}`;
}

/** The hash in a reference. */
export function referredHash(reference: string): string {
  return reference.slice(PREFIX.length);
}
