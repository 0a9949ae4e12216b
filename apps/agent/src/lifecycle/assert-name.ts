import { isName } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";

/**
 * Asked of what gets a name; what was named before this was asked stays what it is.
 *
 * @throws {@link AdmissionError} `E_ARGS` for a name that nobody could see, or would read as another
 */
export function assertName(name: string): void {
  if (!isName(name)) throw new AdmissionError("E_ARGS", "A name is not only spaces, and has none at its ends.");
}
