import { areAskedWords, askedPlaces } from "@holdfast/protocol";
import { showWhat } from "../introduce/show-introduced.ts";
import type { ShownIntroduction } from "../show/command.ts";
import { element, notice } from "../show/element.ts";
import { icon } from "../show/icon.ts";

/** The question for a newcomer's words, and whether they were typed. */
export interface HeardWords {
  readonly panel: HTMLElement;
  readonly isHeard: () => boolean;
}

/**
 * Asks an approver for three of the eight words of an introduction, as heard from the newcomer. They are nowhere on this
 * page, and which three follows from the bytes: a miss asks for the same again, until other bytes are introduced.
 *
 * @param changed - Called whenever the answer became right or wrong.
 */
export function askHeardWords({ hash, introduction }: ShownIntroduction, changed: () => void): HeardWords {
  const answer = element("div", { "aria-live": "polite" });
  let heard = false;
  const fields = askedPlaces(hash).map((place) => {
    const id = `heard-${hash.slice(0, 8)}-${place}`;
    const field = element("input", {
      ...{ id, autocomplete: "off", autocapitalize: "none", spellcheck: "false", input: () => judge() },
    }) as HTMLInputElement;
    return { field, line: element("p", { class: "field" }, element("label", { for: id }, `Word ${place + 1}`), field) };
  });
  const judge = () => {
    const typed = fields.map(({ field }) => field.value);
    heard = areAskedWords(hash, typed);
    answer.replaceChildren(...(typed.every((word) => word.trim() !== "") ? [heard ? good() : other()] : []));
    changed();
  };
  const panel = element(
    "section",
    { class: "heard" },
    element("h2", {}, `Does this key belong to ${introduction.label}?`),
    element(
      "p",
      {},
      "Call the person who gave it, at a number you already know, and have them read the words that your key server showed them. Type these three. Words that came by mail, or from the dashboard, prove nothing.",
    ),
    element("div", { class: "heard-words" }, ...fields.map(({ line }) => line)),
    answer,
    showWhat(introduction),
  );
  return { panel, isHeard: () => heard };
}

function good(): HTMLElement {
  return element("p", { class: "heard-good strong" }, icon("shield"), "These are the words of exactly this key.");
}

function other(): HTMLElement {
  return notice(
    "danger",
    "These are not the words of this key.",
    "Have them read again. If they stay different, somebody put another key in its place: reject this, and have it introduced anew.",
    "E_INTRO",
  );
}
