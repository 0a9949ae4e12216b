import { approveChallenge, type HostedAsk } from "@holdfast/protocol";
import { PageRefusal } from "../agent-page.ts";
import { APPROVE, type Decision, REJECT } from "../approve/touch.ts";
import { exactBytes, showPlain } from "../show/command.ts";
import { element, factRow, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { icon } from "../show/icon.ts";
import { showMoment } from "../show/time.ts";
import { showWords } from "../show/words.ts";
import { assertPasskey } from "../sign/passkey.ts";
import { type AskedCommand, readAsked } from "./asked-command.ts";
import { handBack } from "./hand-back.ts";
import { servedBy } from "./what-counts.ts";

/** A second after everything is on the page, and only then, the buttons answer. */
const READING_MILLISECONDS = 1000;

/** Shows what the dashboard asks for by its bytes, and hands a decision back to it, which carries it to the key server. */
export function runHostedApprove(dashboard: string, ask: HostedAsk): void {
  const now = Date.now() / 1000;
  const command = readOnly(ask, now);
  const problem = element("div", { "aria-live": "polite" });
  const decide = async (decision: Decision) => {
    problem.replaceChildren();
    setEnabled(buttons, false);
    try {
      const list = [command.hash];
      const assertion = await assertPasskey(location.hostname, ask.creds, approveChallenge(decision, list));
      handBack(dashboard, ask.place, { decision, list, ...assertion });
    } catch (error) {
      problem.replaceChildren(failure(error));
      setEnabled(buttons, true);
    }
  };
  const { refused, stoppable, plain } = command;
  const buttons = [
    refused === null
      ? button(plain.danger ? "primary destructive" : "primary", "Approve with passkey", () => decide(APPROVE))
      : null,
    stoppable ? button(refused === null ? "secondary" : "primary", "Stop it", () => decide(REJECT)) : null,
  ].filter((one) => one !== null);
  showPage(
    showAsked(command, now),
    problem,
    element("div", { class: "actions decide" }, ...buttons, exactBytes(command)),
    servedBy(),
  );
  requestAnimationFrame(() =>
    requestAnimationFrame(() => setTimeout(() => setEnabled(buttons, true), READING_MILLISECONDS)),
  );
}

function readOnly({ docs: [doc = ""] }: HostedAsk, now: number): AskedCommand {
  try {
    return readAsked(doc, now);
  } catch {
    throw new PageRefusal(
      "E_SCHEMA",
      "This is no request that a key server would read.",
      "Open it again from the dashboard.",
    );
  }
}

function showAsked(one: AskedCommand, now: number): HTMLElement {
  const { plain, signed, words, refused } = one;
  return element(
    "article",
    { class: "command" },
    ...showPlain(plain, null),
    refused === null ? null : cannotApprove(one),
    element(
      "dl",
      { class: "panel facts" },
      factRow("Asked", showMoment(signed.issued, now), signed.reason ? `, “${signed.reason}”` : ""),
      factRow("Expires", `if not approved by ${showMoment(signed.exp, now)}`),
    ),
    showWords(
      words,
      "These eight words name exactly this command. They are the same in the dashboard and on your key server's page.",
    ),
  );
}

function cannotApprove({ refused, stoppable }: AskedCommand): HTMLElement {
  if (refused === "over") return notice("quiet", "This ran out.", "Have it proposed anew.", "E_EXPIRED");
  if (refused === "ahead")
    return notice(
      "danger",
      "This is dated ahead of your clock.",
      "Do not approve it. Look at both clocks.",
      "E_EXPIRED",
    );
  return notice(
    "warning",
    "An approval at this page does not count for this.",
    `Approve it at your key server's own page, where your key server shows what it knows.${stoppable ? " You can stop it here." : ""}`,
    "E_CHANNEL",
  );
}

function button(kind: string, text: string, press: () => Promise<void>): HTMLElement {
  const attributes = { class: kind, type: "button", disabled: true, click: () => void press() };
  return element("button", attributes, kind === "secondary" ? null : icon("fingerprint"), text);
}

function setEnabled(buttons: readonly HTMLElement[], enabled: boolean): void {
  for (const each of buttons) each.toggleAttribute("disabled", !enabled);
}
