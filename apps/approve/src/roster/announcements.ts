import type { Announced } from "../agent-page.ts";
import { element, notice } from "../show/element.ts";
import { showDue } from "../show/time.ts";
import { whoStopsWaiting } from "./who-stops.ts";

/** Changes that will be in force by themselves: whoever opens a request is told, and who can stop them. */
export function announcements(announced: readonly Announced[], now: number): HTMLElement | null {
  if (announced.length === 0) return null;
  return element(
    "div",
    {},
    ...announced.map((each) => {
      const { hash, due, kind } = each;
      const change = kind === "recover" ? "A recovery by replacement keys" : "A change of administrators or rules";
      const made = notice("warning", `${change} will be in force ${showDue(due, now)}.`);
      const link = element("a", { href: `/approve#${hash}` }, "See what changes");
      made.append(element("p", {}, whoStopsWaiting(each), " ", link));
      return made;
    }),
  );
}
