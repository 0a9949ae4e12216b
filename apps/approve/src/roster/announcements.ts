import type { Announced } from "../agent-page.ts";
import { element, notice } from "../show/element.ts";
import { showDue } from "../show/time.ts";

/** Changes that will be in force by themselves: whoever opens a request is told, and can stop them. */
export function announcements(announced: readonly Announced[], now: number): HTMLElement | null {
  if (announced.length === 0) return null;
  return element(
    "div",
    {},
    ...announced.map(({ hash, due }) => {
      const made = notice("warning", `A change of administrators or rules will be in force ${showDue(due, now)}.`);
      const link = element("a", { href: `/approve#${hash}` }, "See what changes");
      made.append(element("p", {}, "Any administrator can stop it until then. ", link));
      return made;
    }),
  );
}
