import { HoldfastError } from "@holdfast/protocol";
import { openReplacementKey, type ReplacementSigner, readReplacementWords } from "@holdfast/protocol/custodian";
import { element, notice } from "../show/element.ts";
import { failure } from "../show/failure.ts";

const WORDS = 24;

/** What is done with the key that the words open. */
export interface AskedWords {
  /** The environment's replacement keys, public: words of any other are told apart. */
  readonly keys: readonly string[];
  /** Those of them that have a say in it; all without it. */
  readonly counting?: readonly string[];
  readonly button: string;
  readonly open: (key: ReplacementSigner) => Promise<void>;
}

/**
 * Asks for a replacement key's 24 words. They stay in this page: what leaves it is a signature at most. They are cleared as
 * soon as they have been used.
 */
export function askReplacementWords({ keys, counting = keys, button, open }: AskedWords): HTMLElement {
  const problem = element("div", { "aria-live": "polite" });
  const count = element("p", { class: "quiet", id: "words-count" }, countText(0));
  const field = element("textarea", {
    ...{ id: "replacement-words", rows: "6", autocomplete: "off", autocapitalize: "none", autocorrect: "off" },
    ...{ spellcheck: "false", "aria-describedby": "words-count words-form" },
    input: () => count.replaceChildren(countText(readReplacementWords(field.value).length)),
  }) as HTMLTextAreaElement;
  const submit = async (event: Event) => {
    event.preventDefault();
    problem.replaceChildren();
    press.toggleAttribute("disabled", true);
    try {
      const key = await keyOf(readReplacementWords(field.value));
      if (typeof key === "string") return wrong(key);
      if (!keys.includes(key.cose))
        return wrong(
          "These words are good, but they are of none of this environment's replacement keys. See which key server stands on the copy.",
        );
      if (!counting.includes(key.cose))
        return wrong(
          "These are the words of a replacement key that the change takes away: it has no say in that. One that stays has.",
        );
      await open(key);
      field.value = "";
    } catch (error) {
      problem.replaceChildren(failure(error));
    } finally {
      press.toggleAttribute("disabled", false);
    }
  };
  const wrong = (what: string) => {
    problem.replaceChildren(notice("danger", what, "Nothing was sent.", "E_WORDS"));
    field.focus();
  };
  const press = element("button", { class: "primary", type: "submit" }, button);
  return element(
    "form",
    { class: "panel form", novalidate: "", submit },
    element(
      "div",
      { class: "field" },
      element("label", { for: "replacement-words" }, "The 24 words of the replacement key"),
      field,
      count,
      element(
        "p",
        { class: "quiet", id: "words-form" },
        "With a space or a new line between them; their numbers do not matter. The words never leave this page.",
      ),
    ),
    problem,
    element("div", { class: "actions" }, press),
  );
}

async function keyOf(words: readonly string[]): Promise<ReplacementSigner | string> {
  try {
    return await openReplacementKey(words);
  } catch (error) {
    if (error instanceof HoldfastError) return problemOf(error.detail, words);
    throw error;
  }
}

function problemOf(detail: Readonly<Record<string, string | number>>, words: readonly string[]): string {
  if (typeof detail["words"] === "number") return `There are ${detail["words"]} words here; it takes ${WORDS}.`;
  const place = detail["word"];
  if (typeof place === "number") return `Word ${place}, “${words[place - 1]}”, is none of the list. Read it again.`;
  return "Each word is good, but one is another than on your copy, or two changed places. Compare them one by one.";
}

function countText(count: number): string {
  return `${count} of ${WORDS} words`;
}
