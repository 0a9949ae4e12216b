import { PageRefusal } from "../agent-page.ts";
import { element } from "./element.ts";

/** Shows what went wrong, what to do about it, and the code. */
export function failure(error: unknown): HTMLElement {
  const refusal =
    error instanceof PageRefusal
      ? error
      : new PageRefusal("E_PAGE", "Something unexpected happened on this page.", "Nothing was sent. Load it again.");
  return element(
    "div",
    { class: "notice danger", role: "alert" },
    element("p", { class: "strong" }, refusal.message),
    element("p", {}, refusal.next),
    element("p", { class: "code" }, refusal.code),
  );
}
