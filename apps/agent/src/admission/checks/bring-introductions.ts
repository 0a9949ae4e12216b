import { introductionsOf } from "@holdfast/protocol";
import type { AdmissionContext } from "../admission-context.ts";
import { makeEnvelope, type ReadEnvelope } from "./read-envelope.ts";

/**
 * Puts the introductions that a command names, as this agent took them, into an envelope that came without any: whoever
 * proposed it may know their hashes only.
 */
export function bringIntroductions(
  read: ReadEnvelope,
  { introductions }: Pick<AdmissionContext, "introductions">,
): ReadEnvelope {
  if (read.envelope.intros !== undefined) return read;
  const named = new Set(introductionsOf(read.command).map(({ hash }) => hash));
  const intros = [...named].flatMap((hash) => introductions.find(hash)?.doc ?? []);
  return intros.length === 0 ? read : makeEnvelope({ ...read.envelope, intros });
}
