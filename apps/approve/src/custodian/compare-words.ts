import { wordsOf } from "@holdfast/protocol";
import { element, notice } from "../show/element.ts";

const ASKED = 3;

/** Three of the domain's words, typed from the custodian's own sheet; the page shows none of them. */
export function askForWords(tid: string): { readonly fields: HTMLElement; readonly areRight: () => boolean } {
  const words = wordsOf(tid);
  const inputs = drawPlaces(words.length).map((place) => ({
    place,
    input: element("input", {
      id: `word-${place + 1}`,
      name: `word-${place + 1}`,
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
    }) as HTMLInputElement,
  }));
  const fields = element(
    "div",
    { class: "panel form" },
    notice(
      "quiet",
      "Take your own sheet with the eight matching words of this environment.",
      "A false page belongs to another environment, whose words are others. If one differs, give nothing, and call whoever asked you.",
    ),
    element(
      "div",
      { class: "heard-words" },
      ...inputs.map(({ place, input }) =>
        element("p", { class: "field" }, element("label", { for: input.id }, `Word ${place + 1}`), input),
      ),
    ),
  );
  return {
    fields,
    areRight: () => inputs.every(({ place, input }) => input.value.trim().toLowerCase() === words[place]),
  };
}

function drawPlaces(count: number): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  const drawn = [...crypto.getRandomValues(new Uint32Array(ASKED))].flatMap((number) =>
    places.splice(number % places.length, 1),
  );
  return drawn.sort((one, other) => one - other);
}
