import { type AgentPage, type Hello, type PageCommands, PageRefusal } from "../agent-page.ts";
import { announcements } from "../roster/announcements.ts";
import { runLink } from "../roster/link-flow.ts";
import { showAtPeer } from "../show/at-peer.ts";
import { decodeShown, exactBytes, type ShownCommand, showCommand } from "../show/command.ts";
import { consoleCommand } from "../show/console-commands.ts";
import { element, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { type Decidable, decidable, decisionButtons } from "./decision-buttons.ts";
import { askHeardWords, type HeardWords } from "./heard-words.ts";
import { keptFiles } from "./kept-files.ts";
import { showLostAnswer } from "./lost-answer.ts";
import { showResults } from "./show-results.ts";
import { send, type Touch, touch } from "./touch.ts";

/** A second after everything is on the page, and only then, the buttons answer: nobody approves what is not shown. */
const READING_MILLISECONDS = 1000;

/** What the page shows and what can be decided of it. */
interface Shown extends Decidable {
  readonly page: AgentPage;
  readonly hello: Hello;
  readonly answer: PageCommands;
}

/** Shows the commands named in the address and lets the person approve or reject all of them in one touch. */
export async function runApprove(page: AgentPage, hello: Hello, hashes: readonly string[]): Promise<void> {
  if (hello.sealed) return showSealed();
  const files = await keptFiles(page);
  const answer = await page.get<PageCommands>(`/page/commands?hashes=${hashes.join(".")}`);
  const [hash] = hashes;
  // The address of a change of administrators and rules looks like that of a request.
  if (hashes.length === 1 && hash !== undefined && answer.commands.length === 0 && (await runLink(page, hello, hash)))
    return;
  const commands = answer.commands.map(decodeShown);
  const shown: Shown = {
    ...{ page, hello, answer },
    ...decidable(commands),
  };
  let hasBeenRead = false;
  const refresh = () => setEnabled(buttons, hasBeenRead, isAllHeard());
  const heard = new Map(shown.approvable.map((one) => [one, questionsFor(one, () => refresh())] as const));
  const isAllHeard = () => [...heard.values()].flat().every(({ isHeard }) => isHeard());
  const again = () => void runApprove(page, hello, hashes).catch((error) => showPage(failure(error)));
  const problem = element("div", { "aria-live": "polite" });
  const buttons = decisionButtons(shown, async (decision, on) => {
    problem.replaceChildren();
    setEnabled(buttons, false, false);
    try {
      await decide(page, await touch(answer, decision, on), again);
    } catch (error) {
      problem.replaceChildren(failure(error));
      refresh();
    }
  });
  const [only] = commands;
  const several = commands.length + answer.unknown.length > 1 && commands.length > 0;
  showPage(
    ...files,
    announcements(answer.announced ?? [], answer.now),
    showAtPeer(answer.at),
    several ? introduction(shown) : null,
    ...commands.map((one, index) =>
      showCommand(one, {
        now: answer.now,
        heard: (heard.get(one) ?? []).map(({ panel }) => panel),
        position: several ? { index: index + 1, of: commands.length + answer.unknown.length } : null,
      }),
    ),
    answer.unknown.length > 0 ? showUnknown(answer, commands.length === 0) : null,
    problem,
    shown.undecided.length > 0 && shown.rejectable.length === 0 ? cannotReject(shown) : null,
    element("div", { class: "actions decide" }, ...buttons, only && !several ? exactBytes(only.command) : null),
    buttons.length > 0 ? footer(hello) : null,
  );
  afterFullRender(() => {
    hasBeenRead = true;
    refresh();
  });
}

/** Approvers type words of everything that was introduced. */
function questionsFor({ introductions }: ShownCommand, changed: () => void): readonly HeardWords[] {
  return (introductions ?? []).map((one) => askHeardWords(one, changed));
}

/** Sends a touch; when nothing comes back, what became of it can be found out. */
async function decide(page: AgentPage, made: Touch, again: () => void): Promise<void> {
  try {
    showResults(page, made, await send(page, made));
  } catch (error) {
    if (!(error instanceof PageRefusal && error.code === "E_UNREACHABLE")) throw error;
    showLostAnswer(page, made, { arrived: (results) => showResults(page, made, results), notArrived: again });
  }
}

/** Of what nobody's no ends the page offers none, and says so instead. */
function cannotReject({ undecided }: Shown): HTMLElement {
  const expires = undecided.some(({ command }) => command.status === "pending");
  return element(
    "p",
    { class: "quiet" },
    `There is nothing to ${expires ? "reject" : "stop"}: what only tightens, and an unlock, is stopped by nobody alone.${expires ? " Whoever is against it leaves it, and it expires by itself." : ""}`,
  );
}

/** Approving takes the words of everything that was introduced; rejecting never does. */
function setEnabled(buttons: readonly HTMLElement[], enabled: boolean, isAllHeard: boolean): void {
  for (const button of buttons) {
    const waits = "approves" in button.dataset && !isAllHeard;
    button.toggleAttribute("disabled", !enabled || waits || "never" in button.dataset);
  }
}

function afterFullRender(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(then, READING_MILLISECONDS)));
}

function introduction({ answer, commands, approvable, undecided, rejectable }: Shown): HTMLElement {
  const count = commands.length + answer.unknown.length;
  const says =
    undecided.length === 0
      ? "None of them waits for a decision."
      : undecided.every(({ command }) => command.status === "scheduled")
        ? `What is approved here waits for its delay. Nothing is left to approve${rejectable.length > 0 ? "; until it runs, you can stop it" : ""}.`
        : "Read each one: your passkey signs exactly these, in this order, and nothing else.";
  return element(
    "div",
    { class: "introduction" },
    element("h1", {}, approvable.length > 1 ? `${count} requests, one touch` : `${count} requests`),
    element("p", { class: "lead" }, says),
  );
}

function showUnknown({ unknown: hashes, silent = [] }: PageCommands, nothingElse: boolean): HTMLElement {
  const others =
    silent.length === 0 ? "" : ` Other key servers at this address do not answer now: ${silent.join(", ")}.`;
  return element(
    "div",
    { class: "unknown" },
    nothingElse ? element("h1", {}, hashes.length === 1 ? "An unknown request" : "Unknown requests") : null,
    notice(
      "warning",
      `Your key server does not know ${whichOf(hashes.length, nothingElse)}.`,
      `It has not arrived yet, has run out, or was never proposed to this key server. Wait a few seconds and load the page again.${others}`,
    ),
    ...hashes.map((hash) => element("p", { class: "code" }, hash)),
  );
}

function whichOf(count: number, nothingElse: boolean): string {
  if (nothingElse) return count === 1 ? "this request" : "these requests";
  return count === 1 ? "one of these requests" : `${count} of these requests`;
}

function showSealed(): void {
  showPage(
    element("h1", {}, "Your key server is sealed"),
    element(
      "p",
      { class: "lead" },
      "Its root key is not in memory, so it can neither show nor carry out a request. Unseal it at its console, then load this page again.",
    ),
    element("pre", {}, consoleCommand("unseal")),
    element("p", { class: "code" }, "E_SEALED"),
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
