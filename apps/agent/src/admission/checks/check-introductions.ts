import { type VerifiedIntroductions, verifyIntroductions } from "@holdfast/protocol";
import type { AdmissionContext } from "../admission-context.ts";
import { AdmissionError } from "../errors.ts";
import type { ReadEnvelope } from "./read-envelope.ts";

/**
 * Step 8: the envelope brings exactly the introductions that the command names, each of the kind that its argument takes
 * and not over; and this agent took each of them itself from the newcomer.
 *
 * A command that waited its delay had this judged at acceptance: then its envelope is the one that was kept.
 *
 * @throws {@link ProtocolError}, {@link AdmissionError} `E_INTRO`
 */
export function checkIntroductions(
  { command, envelope }: Pick<ReadEnvelope, "command" | "envelope">,
  { introductions, guard }: Pick<AdmissionContext, "introductions" | "guard">,
  due: boolean,
): VerifiedIntroductions {
  const verified = verifyIntroductions(command, envelope.intros ?? [], due ? command.issued : guard.time());
  for (const hash of due ? [] : verified.keys()) {
    if (introductions.find(hash) === null)
      throw new AdmissionError("E_INTRO", "What the command names was not given to this key server.");
  }
  return verified;
}
