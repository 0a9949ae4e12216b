import { isName, posesAsKey } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";

/**
 * Asked of what gets a name; what was named before this was asked stays what it is.
 *
 * @throws {@link AdmissionError} `E_ARGS` for a name that nobody could see, or would read as another
 */
export function assertName(name: string): void {
  if (!isName(name)) throw new AdmissionError("E_ARGS", "A name is not only spaces, and has none at its ends.");
}

/**
 * The same of a key's name, which is not to be taken for another key's alias or id.
 *
 * @throws {@link AdmissionError} `E_ARGS`
 */
export function assertKeyName(name: string): void {
  assertName(name);
  if (posesAsKey(name))
    throw new AdmissionError("E_ARGS", POSES, {}, "Give it another name; an alias is given beside it.");
}

const POSES = "A key's name does not begin with alias/ and is no key's id: it would be taken for another key's.";
