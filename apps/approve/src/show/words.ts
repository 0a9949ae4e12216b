import { element } from "./element.ts";

/** Eight words to compare, in pairs that can be read aloud and are never parted. */
export function showWords(words: readonly string[], says: string): HTMLElement {
  const pairs = words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1]].join(" ").trim()] : []));
  return element(
    "div",
    { class: "panel words-panel" },
    element("p", { class: "quiet" }, says),
    element(
      "p",
      { class: "words-line" },
      ...pairs.flatMap((pair, index) => [index > 0 ? " " : "", pairOf(pair, index < pairs.length - 1)]),
    ),
  );
}

function pairOf(pair: string, isFollowed: boolean): HTMLElement {
  const dot = isFollowed ? element("span", { class: "dot", "aria-hidden": "true" }, "·") : null;
  return element("span", { class: "pair" }, pair, dot);
}
