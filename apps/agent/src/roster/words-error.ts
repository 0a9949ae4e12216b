import { HoldfastError } from "@holdfast/protocol";

/** The console's words were others than those of the registration that waits, which waits on. */
export class WordsError extends HoldfastError<"E_CLAIM"> {
  readonly code = "E_CLAIM";
  readonly next =
    "Nothing is lost: the registration still waits. `holdfast-agent confirm` shows its passkey and its words and asks; `holdfast-agent confirm --refuse` ends it.";

  constructor() {
    super("Those are not the words of the registration that waits.");
    this.name = "WordsError";
  }
}
