import { element, notice, prose, showPage } from "../show/element.ts";
import { showDuration } from "../show/time.ts";
import { askReplacementWords } from "./ask-words.ts";
import { type Recovering, type RecoveryNotice, readNotice } from "./recovery-state.ts";
import { showNotice, showObjection } from "./show-notice.ts";

/** What to do when a passkey is lost, by what is left; and what waits already. */
export function showLostPasskey(recovering: Recovering): void {
  const { state } = recovering;
  const { keys, m, delaySec, waiting } = state;
  const words = m > 1 ? `${m} replacement keys, each 24 words` : "the replacement key, 24 words";
  showPage(
    element("h1", {}, "Lost a passkey?"),
    element(
      "p",
      { class: "lead" },
      "Keys and applications go on working without you. What is missing is a way to approve, and it comes back.",
    ),
    ...waiting.map((each) => announce(each, state.now)),
    choice(
      "You have another passkey",
      "Approve with it as ever. Replace the lost one today: make a passkey on another device by",
      "holdfast-agent admin invite --of YOU",
      "then `holdfast-agent admin add intro:… --without LOST`, and approve it with the passkey you have. The dashboard's page “People & rules” does the same.",
    ),
    choice(
      "Enough other administrators have theirs",
      "Call them. They invite you to make a new passkey; as many as your rules ask for approve that it takes the lost one's place:",
      "holdfast-agent admin invite --of YOU",
      "If you are to leave, or nobody can find you: `holdfast-agent admin remove YOU`, which needs no delay. Too few have theirs? Go on as if nobody had.",
    ),
    keys.length === 0
      ? choice(
          "Nobody has a passkey any more",
          "This environment has no replacement key. Use of keys goes on; see",
          "docs/operate/lost-passkey.md",
          "for what is left.",
        )
      : choice(
          "Nobody has a passkey any more",
          `It takes ${words}, and ${showDuration(delaySec)}. On the machine of this key server run`,
          "holdfast-agent recover begin",
          "It prints an address that leads you through, step by step.",
        ),
    choice(
      "Stolen, not only lost?",
      "Nobody approves with a passkey without its PIN, fingerprint or face. Still, stop changes first; this needs no passkey:",
      "holdfast-agent lock",
      "Encryption and decryption go on. Then remove the stolen passkey by one of the ways above.",
    ),
    keys.length === 0
      ? null
      : element(
          "div",
          { class: "actions" },
          element(
            "button",
            { class: "secondary", type: "button", click: () => showPractice(recovering) },
            "Practise with the 24 words",
          ),
        ),
    element("p", { class: "quiet foot" }, "The same to read and print: docs/operate/lost-passkey.md of Holdfast."),
  );
}

/** Checks the words, and signs, sends and changes nothing. */
function showPractice(recovering: Recovering): void {
  const { keys, delaySec } = recovering.state;
  showPage(
    element("h1", {}, "Practise"),
    element(
      "p",
      { class: "lead" },
      "Take the copy of the 24 words from where it is kept, and type them. This page sees whether they are right. Nothing is signed, sent or changed.",
    ),
    askReplacementWords({
      keys,
      button: "Check the words",
      async open(key) {
        const place = keys.indexOf(key.cose) + 1;
        showPage(
          element("h1", {}, "The words are right"),
          element(
            "p",
            { class: "lead" },
            `They are replacement key ${place} of ${keys.length}. On the day it counts, you would now wait ${showDuration(delaySec)}, and then your new passkeys would be good.`,
          ),
          notice("good", "Nothing was changed.", "Put the words back where they were, apart from your passkeys."),
          element("div", { class: "actions" }, element("a", { class: "secondary", href: "/recover" }, "Back")),
        );
      },
    }),
  );
}

function announce(waiting: RecoveryNotice, now: number): HTMLElement {
  const read = readNotice(waiting);
  const isRecovery = waiting.kind === "recover";
  return element(
    "section",
    { class: "announced" },
    element("h2", {}, isRecovery ? "A recovery is under way" : "The replacement keys are being changed"),
    showNotice(read, now),
    showObjection(read, now),
    element(
      "p",
      {},
      element(
        "a",
        { href: `/recover#${waiting.hash}` },
        isRecovery ? "See how long it still waits" : "Stop it with a replacement key",
      ),
    ),
  );
}

function choice(title: string, what: string, command: string, then: string): HTMLElement {
  return element(
    "section",
    { class: "panel choice" },
    element("h2", {}, title),
    element("p", {}, ...prose(what)),
    element("pre", {}, ...unparted(command)),
    element("p", { class: "quiet" }, ...prose(then)),
  );
}

/** A command whose options no narrow screen breaks after their dashes. */
function unparted(command: string): (HTMLElement | string)[] {
  return command
    .split(/(--\S+)/)
    .map((part) => (part.startsWith("--") ? element("span", { class: "pair" }, part) : part));
}
