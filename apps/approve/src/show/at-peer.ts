import type { AtPeer } from "../agent-page.ts";
import { element } from "./element.ts";

/** Says which key server a request waits at, where it is another one behind the page's name; null where it is not. */
export function showAtPeer(at: AtPeer | undefined): HTMLElement | null {
  if (at === undefined) return null;
  return element(
    "p",
    { class: "panel at-peer" },
    "This waits at the key server ",
    element("strong", {}, `“${at.name}”`),
    ", which has the same address as this page and alone decides whether your approval counts. Its environment: ",
    element("strong", {}, at.words.join(" ")),
    ".",
  );
}
