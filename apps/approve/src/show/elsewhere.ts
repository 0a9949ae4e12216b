import type { Hello } from "../agent-page.ts";
import { element } from "./element.ts";

/** The same change at the page's other addresses: an old passkey decides at the old one, a new one at the new. */
export function goElsewhere(origins: readonly string[], hash: string): HTMLElement | null {
  if (origins.length === 0) return null;
  const ways = origins.map((origin) => element("li", {}, element("a", { href: `${origin}/approve#${hash}` }, origin)));
  return element(
    "div",
    { class: "notice quiet wide", role: "note" },
    element("p", { class: "strong" }, "A passkey of another address decides there"),
    element("p", {}, "While the page moves, an old passkey approves at the old address and a new one at the new:"),
    element("ul", {}, ...ways),
  );
}

/** Where else the page is, on its way from one name to another. */
export function showOtherAddress({ here, elsewhere = [] }: Hello): HTMLElement | null {
  const [other] = elsewhere;
  if (other === undefined) return null;
  const has = here !== false;
  return element(
    "div",
    { class: `notice ${has ? "quiet" : "warning"}`, role: "note" },
    element(
      "p",
      { class: "strong" },
      has ? "This page has another address as well" : "No passkey in force is of this address",
    ),
    element(
      "p",
      {},
      element("a", { href: `${other}/` }, other),
      has ? ": passkeys made there work there only." : " is where people approve.",
    ),
  );
}
