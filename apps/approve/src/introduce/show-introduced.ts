import {
  describeIntroduction,
  encodeBase64url,
  findBase64url,
  type Introduction,
  introductionHash,
  parseIntroduction,
  wordsOf,
} from "@holdfast/protocol";
import { element, factRow, notice, showPage } from "../show/element.ts";
import { showMoment } from "../show/time.ts";
import { showWords } from "../show/words.ts";

/**
 * Shows a newcomer the eight words of what the key server took, from its exact bytes.
 *
 * They are kept in this tab's history entry, so that loading the page again shows them again, and nowhere else. An
 * invitation that was used tells no words to anybody: they might be of somebody else's key.
 */
export function showIntroduced(bytes: Uint8Array, agentName: string, to: "people" | "console" = "people"): void {
  const introduction = parseIntroduction(bytes);
  if (to === "people") history.replaceState({ introduced: encodeBase64url(bytes) }, "", "/introduce");
  showPage(
    element("h1", {}, to === "console" ? "Now look at the console" : "Now say these eight words"),
    element(
      "p",
      { class: "lead" },
      to === "console"
        ? `The console that printed this page's address asks for three of these eight words. Type them there: so it knows that it was you who made this passkey.`
        : `Whoever approves at ${agentName} is asked for three of them, and has to hear them from you: call, or say them in the room. Do not send them by mail or chat.`,
    ),
    showWords(
      wordsOf(introductionHash(bytes)),
      "They name exactly what you gave. With another key in its place they would be others.",
    ),
    showWhat(introduction),
    to === "console"
      ? element("p", { class: "waiting", role: "status" }, "Waiting for the console…")
      : introduction.object.kind === "administrator"
        ? notice(
            "quiet",
            "Keep this page open, and write the words down. An invitation shows them this once.",
            "You are asked for three of them as well, when you approve the change that makes you an administrator.",
          )
        : introduction.object.kind === "replacement-key"
          ? notice(
              "quiet",
              "Keep this page open until they have typed the words, and put the 24 words away now.",
              "The key counts once the administrators have approved it and its delay is over. Until then the keys of today do. Practise once a year at “Lost a passkey?” on this page.",
            )
          : notice("quiet", "Keep this page open until they have typed the words. An invitation shows them this once."),
  );
}

/** The facts that can be compared by eye as well. */
export function showWhat(introduction: Introduction): HTMLElement {
  const { what, facts } = describeIntroduction(introduction);
  return element(
    "dl",
    { class: "panel facts" },
    factRow("Introduced", `${what}, of “${introduction.label}”`),
    // What stands in one word is compared letter by letter; the rest is a sentence.
    ...facts.map(([name, value]) => factRow(name, /\s/.test(value) ? value : element("code", {}, value))),
    factRow("Good until", showMoment(introduction.until, Math.floor(Date.now() / 1000))),
  );
}

/** What was given in this tab; null where nothing was. */
export function keptIntroduction(): Uint8Array | null {
  const state: unknown = history.state;
  if (typeof state !== "object" || state === null || !("introduced" in state)) return null;
  return typeof state.introduced === "string" ? findBase64url(state.introduced) : null;
}
