import type { Envelope } from "@holdfast/protocol";
import { AdmissionError } from "../errors.ts";

/**
 * Step 8: no act of this version takes a newcomer's key from outside, so an envelope that brings one is refused.
 *
 * @throws {@link AdmissionError} `E_INTRO`
 */
export function checkIntroductions({ intros }: Pick<Envelope, "intros">): void {
  if (intros !== undefined && intros.length > 0) throw new AdmissionError("E_INTRO");
}
