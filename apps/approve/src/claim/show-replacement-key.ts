import { replacementKeyName } from "@holdfast/protocol";
import { makeReplacementKey } from "@holdfast/protocol/custodian";
import { element, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { showDay } from "../show/time.ts";

/** A replacement key made in this page: its words for the person, its public part for the agent. */
export interface ReplacementKey {
  readonly words: readonly string[];
  readonly proof: { readonly cose: string; readonly sig: string };
}

/** Its words for the person; its public part, with a signature over the challenge, is all the agent ever gets. */
export async function newReplacementKey(challenge: string): Promise<ReplacementKey> {
  const { words, signer } = await makeReplacementKey();
  return { words, proof: { cose: signer.cose, sig: await signer.prove(challenge) } };
}

/** What is said about a replacement key while it is shown, and what follows. */
export interface ReplacementKeySteps {
  /** Where the person is: "Step 3 of 4". */
  readonly step: string;
  readonly agentName: string;
  /** How long a recovery with it waits. */
  readonly hours: number;
  /** Whose it will be; null at a founding. */
  readonly holder: string | null;
  readonly go: () => Promise<void>;
  readonly back: (() => void) | null;
}

function meaningOf({ hours }: Pick<ReplacementKeySteps, "hours">): string {
  return `It replaces lost approval passkeys after ${hours} hours. It opens no data and is no backup.`;
}

/**
 * Shows the replacement key's 24 words once, lets them be printed or saved, and goes on only when the last word is
 * typed back.
 */
export function showReplacementKey(key: ReplacementKey, steps: ReplacementKeySteps): void {
  const { step, agentName, hours, go, back } = steps;
  const name = replacementKeyName(key.proof);
  const typed = element("input", {
    id: "last-word",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
  }) as HTMLInputElement;
  const problem = element("div", { "aria-live": "polite" });
  const submit = async (event: Event) => {
    event.preventDefault();
    if (typed.value.trim().toLowerCase() !== key.words.at(-1)) {
      problem.replaceChildren(notice("danger", "That is not the last word.", "Read it from the copy that you made."));
      return;
    }
    try {
      await go();
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  showPage(
    element(
      "div",
      { class: "step print-hidden" },
      element("p", { class: "quiet" }, step),
      element("h1", {}, "Keep the replacement key"),
    ),
    element(
      "p",
      { class: "lead print-hidden" },
      `These 24 words replace lost passkeys after ${hours} hours. They open no data and are no backup. They were made in this page and are shown once.`,
    ),
    element(
      "div",
      { class: "print-only" },
      element("h2", {}, `Replacement key of ${agentName}`),
      element("p", {}, `${name}, for ${location.origin}, made on ${showDay(Date.now() / 1000)}.`),
      element("p", {}, meaningOf(steps), " Keep it offline and apart from your passkeys."),
    ),
    element("p", { class: "quiet print-hidden" }, "Its name, which is no secret: ", element("code", {}, name)),
    element("ol", { class: "words panel" }, ...key.words.map((word) => element("li", {}, word))),
    element(
      "div",
      { class: "actions print-hidden" },
      element("button", { class: "secondary small", type: "button", click: () => window.print() }, "Print"),
      element(
        "a",
        { class: "secondary", download: `holdfast-replacement-key-${name}.txt`, href: fileOf(key, name, steps) },
        "Download",
      ),
    ),
    element(
      "form",
      { class: "panel form print-hidden", submit },
      element(
        "p",
        { class: "field" },
        element("label", { for: "last-word" }, "Type the last word from the copy you made"),
        typed,
      ),
      problem,
      element(
        "div",
        { class: "actions" },
        element("button", { class: "primary", type: "submit" }, "I have kept it"),
        back === null ? null : element("button", { class: "secondary", type: "button", click: back }, "Back"),
      ),
    ),
  );
}

function fileOf(key: ReplacementKey, name: string, steps: ReplacementKeySteps): string {
  const text = [
    `Holdfast replacement key ${name} of ${steps.agentName}`,
    `For ${location.origin}, made on ${showDay(Date.now() / 1000)}${steps.holder === null ? "" : `, held by ${steps.holder}`}`,
    meaningOf(steps),
    "Keep it offline and apart from your passkeys.",
    "",
    ...key.words.map((word, index) => `${String(index + 1).padStart(2)}  ${word}`),
    "",
  ].join("\n");
  return URL.createObjectURL(new Blob([text], { type: "text/plain" }));
}
