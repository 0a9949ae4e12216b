import { element } from "./element.ts";

/** Eight words to compare, in pairs that can be read aloud. */
export function showWords(words: readonly string[], says: string): HTMLElement {
  const items = words.map((word, index) =>
    element("li", {}, word, index % 2 === 1 && index < words.length - 1 ? dot() : null),
  );
  return element(
    "div",
    { class: "panel words-panel" },
    element("p", { class: "quiet" }, says),
    element("ol", { class: "words-line" }, ...items),
  );
}

function dot(): HTMLElement {
  return element("span", { class: "dot", "aria-hidden": "true" }, "·");
}
