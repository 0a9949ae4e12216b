import { PageRefusal } from "../agent-page.ts";
import { notice } from "./element.ts";

/** Shows what went wrong, what to do about it, and the code. */
export function failure(error: unknown): HTMLElement {
  if (error instanceof PageRefusal) return notice("danger", error.message, error.next, error.code);
  return notice("danger", "Something unexpected happened on this page.", "Load it again.", "E_PAGE");
}
