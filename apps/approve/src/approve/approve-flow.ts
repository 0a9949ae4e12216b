import { approveChallenge, encodeBase64url } from "@holdfast/protocol";
import type { AgentPage, Hello, PageCommands, PageResult } from "../agent-page.ts";
import { decodeShown, type ShownCommand, showCommand } from "../show/command.ts";
import { element, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { assertPasskey } from "../sign/passkey.ts";
import { showResults } from "./show-results.ts";

/** What the person decides; the numbers are part of what the passkey signs (docs/spec/approval.md). */
const APPROVE = 1;
const REJECT = 2;

/** A second after everything is on the page, and only then, the buttons answer: nobody approves what is not shown. */
const READING_MILLISECONDS = 1000;

/** Shows the commands named in the address and lets the person approve or reject all of them in one touch. */
export async function runApprove(page: AgentPage, hello: Hello, hashes: readonly string[]): Promise<void> {
  const answer = await page.get<PageCommands>(`/page/commands?hashes=${hashes.join(".")}`);
  const shown = answer.commands.map(decodeShown);
  const open = shown.filter((one) => one.command.status === "pending");
  const decidable = open.filter((one) => one.command.dryRun.ok);
  const problem = element("div", { "aria-live": "polite" });
  const decide = async (decision: number, on: readonly ShownCommand[]) => {
    problem.replaceChildren();
    setEnabled(false);
    try {
      showResults(await sendDecision(page, answer, decision, on), shown, decision === REJECT);
    } catch (error) {
      problem.replaceChildren(failure(error));
      setEnabled(true);
    }
  };
  const danger = open.some((one) => one.plain.danger);
  const approveText = decidable.length > 1 ? `Approve all ${decidable.length} with passkey` : "Approve with passkey";
  const buttons = [
    element(
      "button",
      {
        class: danger ? "primary destructive" : "primary",
        type: "button",
        disabled: true,
        click: () => decide(APPROVE, decidable),
      },
      approveText,
    ),
    element(
      "button",
      { class: "secondary", type: "button", disabled: true, click: () => decide(REJECT, open) },
      open.length > 1 ? "Reject all" : "Reject",
    ),
  ];
  const setEnabled = (enabled: boolean) => {
    buttons[0]?.toggleAttribute("disabled", !enabled || decidable.length === 0);
    buttons[1]?.toggleAttribute("disabled", !enabled);
  };
  showPage(
    ...shown.map((one) => showCommand(one, answer.now)),
    answer.unknown.length > 0 ? showUnknown(answer.unknown) : null,
    problem,
    open.length > 0 ? element("div", { class: "actions decide" }, ...buttons) : null,
    footer(hello),
  );
  afterFullRender(() => setEnabled(true));
}

async function sendDecision(
  page: AgentPage,
  answer: PageCommands,
  decision: number,
  on: readonly ShownCommand[],
): Promise<{ results: PageResult[]; handoverSecret: string }> {
  const list = on.map((one) => one.command.hash);
  const challenge = approveChallenge(decision as 0 | 1 | 2, list);
  const credIds = answer.challengeCreds.map((credential) => credential.credId);
  const assertion = await assertPasskey(answer.rpId, credIds, challenge);
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const secretHash = await crypto.subtle.digest("SHA-256", secret);
  const { results } = await page.post<{ results: PageResult[] }>("/page/approve", {
    approval: { decision, list, ...assertion },
    handover: { secretHash: encodeBase64url(new Uint8Array(secretHash)) },
  });
  return { results, handoverSecret: encodeBase64url(secret) };
}

function afterFullRender(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then, READING_MILLISECONDS)));
}

function showUnknown(hashes: readonly string[]): HTMLElement {
  return element(
    "div",
    { class: "notice warning" },
    element("p", { class: "strong" }, "Your key server does not know this request."),
    element(
      "p",
      {},
      "It has not arrived yet, has run out, or was never proposed to this key server. Wait a few seconds and load the page again.",
    ),
    ...hashes.map((hash) => element("p", { class: "code" }, hash)),
  );
}

function footer(hello: Hello): HTMLElement {
  return element(
    "p",
    { class: "quiet foot" },
    hello.oneAdministrator ? "One administrator: your passkey alone decides. " : "",
    "The dashboard cannot show this page or press this button: your browser gives this passkey to ",
    element("code", {}, location.origin),
    " alone.",
  );
}
