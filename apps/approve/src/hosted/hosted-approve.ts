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
  const commands = readAll(ask, now);
  const approvable = commands.filter(({ refused }) => refused === null);
  const stoppable = commands.filter((one) => one.stoppable);
  const problem = element("div", { "aria-live": "polite" });
  const decide = async (decision: Decision, on: readonly AskedCommand[]) => {
    problem.replaceChildren();
    setEnabled(buttons, false);
    try {
      const list = on.map(({ hash }) => hash);
      const assertion = await assertPasskey(location.hostname, ask.creds, approveChallenge(decision, list));
      handBack(dashboard, ask.place, { decision, list, ...assertion });
    } catch (error) {
      problem.replaceChildren(failure(error));
      setEnabled(buttons, true);
    }
  };
  const danger = approvable.some(({ plain }) => plain.danger);
  const buttons = [
    approvable.length > 0
      ? button(danger ? "primary destructive" : "primary", approveText(approvable.length, commands.length), () =>
          decide(APPROVE, approvable),
        )
      : null,
    stoppable.length > 0
      ? button("secondary", stopText(stoppable.length, commands.length), () => decide(REJECT, stoppable))
      : null,
  ].filter((one) => one !== null);
  const several = commands.length > 1;
  const [only] = commands;
  showPage(
    several ? element("h1", {}, `${commands.length} requests`) : null,
    ...commands.map((one, index) => showAsked(one, now, several ? { index: index + 1, of: commands.length } : null)),
    problem,
    element("div", { class: "actions decide" }, ...buttons, only && !several ? exactBytes(only) : null),
    servedBy(),
  );
  requestAnimationFrame(() =>
    requestAnimationFrame(() => setTimeout(() => setEnabled(buttons, true), READING_MILLISECONDS)),
  );
}

function readAll(ask: HostedAsk, now: number): AskedCommand[] {
  try {
    return ask.docs.map((doc) => readAsked(doc, now));
  } catch {
    throw new PageRefusal(
      "E_SCHEMA",
      "This is no request that a key server would read.",
      "Open it again from the dashboard.",
    );
  }
}

function showAsked(one: AskedCommand, now: number, position: { index: number; of: number } | null): HTMLElement {
  const { plain, signed, words, refused } = one;
  return element(
    "article",
    { class: position ? "command one-of-several" : "command" },
    ...showPlain(plain, position),
    refused === null ? null : cannotApprove(one),
    refused === null && position && !one.stoppable
      ? element("p", { class: "quiet" }, "It takes something away and can be undone: a refusal does not stop it.")
      : null,
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
    position ? exactBytes(one) : null,
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

function approveText(count: number, of: number): string {
  if (count < of) return `Approve ${count} of ${of} with passkey`;
  return count === 1 ? "Approve with passkey" : `Approve all ${count} with passkey`;
}

function stopText(count: number, of: number): string {
  if (count < of) return `Stop ${count} of ${of}`;
  return count === 1 ? "Stop it" : `Stop all ${count}`;
}

function button(kind: string, text: string, press: () => Promise<void>): HTMLElement {
  const attributes = { class: kind, type: "button", disabled: true, click: () => void press() };
  return element("button", attributes, kind === "secondary" ? null : icon("fingerprint"), text);
}

function setEnabled(buttons: readonly HTMLElement[], enabled: boolean): void {
  for (const each of buttons) each.toggleAttribute("disabled", !enabled);
}
