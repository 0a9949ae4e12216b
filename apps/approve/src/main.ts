import { AgentPage, type Hello } from "./agent-page.ts";
import { runApprove } from "./approve/approve-flow.ts";
import { keptFiles } from "./approve/kept-files.ts";
import { runCheck } from "./check/check-flow.ts";
import { runClaim } from "./claim/claim-flow.ts";
import { runGiveShare } from "./custodian/give-share.ts";
import { runIntroduce, showKeptIntroduction } from "./introduce/introduce-flow.ts";
import { runHostedPasskeyMade } from "./introduce/make-hosted-passkey.ts";
import { announceRecoveries } from "./recover/announce-recoveries.ts";
import { runRecover } from "./recover/recover-flow.ts";
import { consoleCommand, useConsoleCommands } from "./show/console-commands.ts";
import { badge, element, notice, showPage } from "./show/element.ts";
import { showOtherAddress } from "./show/elsewhere.ts";
import { failure } from "./show/failure.ts";
import { icon } from "./show/icon.ts";
import { showWords } from "./show/words.ts";
import { runUnseal } from "./unseal/unseal-flow.ts";

/** 1 to 50 command hashes, joined by dots: all this page takes from its address. */
const HASHES = /^[A-Za-z0-9_-]{43}(?:\.[A-Za-z0-9_-]{43}){0,49}$/;
const INVITATION = /^[a-z2-7]{16}\.[A-Za-z0-9_-]{22}$/;
/** What the operator's page sends back: a passkey of its own, for the invitation that this tab kept. */
const HOSTED_PASSKEY = /^passkey\.([A-Za-z0-9_-]{1,131072})$/;
const CLAIM = /^[A-Za-z0-9_-]{22}$/;

async function start(): Promise<void> {
  const page = new AgentPage();
  const fragment = location.hash.slice(1);
  const hello = await page.get<Hello>("/page/hello");
  useConsoleCommands(hello.commands);
  showHeader(hello);
  if (location.pathname === "/check") return runCheck(page, fragment);
  if (hello.sealed && hello.shares) return runUnseal(page, hello, hello.shares);
  if (hello.tid === null) {
    if (CLAIM.test(fragment)) return runClaim(page, hello, fragment);
    return showUnclaimed();
  }
  if (location.pathname === "/recover") return runRecover(page, hello, fragment);
  const [, made] = HOSTED_PASSKEY.exec(fragment) ?? [];
  if (made !== undefined && location.pathname === "/introduce") return runHostedPasskeyMade(page, hello, made);
  if (INVITATION.test(fragment)) return runIntroduce(page, hello, fragment);
  if (location.pathname === "/custodian") return runGiveShare(page, hello);
  if (hello.receiving !== undefined && fragment === "") return showReceiving(hello, hello.receiving.release);
  if (fragment === "" && showKeptIntroduction(hello)) return;
  if (HASHES.test(fragment)) return runApprove(page, hello, fragment.split("."));
  const files = hello.sealed ? [] : await keptFiles(page);
  if (fragment === "") return showIdentity(hello, files, hello.sealed ? null : await announceRecoveries(page));
  showUnknownAddress(fragment, files);
}

function showHeader(hello: Hello): void {
  const isCustodians = location.pathname === "/custodian";
  document.title = `${hello.name} · ${isCustodians ? "custodians" : "approvals"}`;
  const called = element(
    "p",
    { class: "called" },
    element("strong", {}, hello.name),
    " ",
    element("span", {}, isCustodians ? "custodians' page" : "approval page"),
  );
  document
    .querySelector("header")
    ?.replaceChildren(icon("mark"), called, badge("good", icon("shield"), "served by your key server"));
}

/** The page of a fresh key server that waits for a backup's custodians. */
function showReceiving(hello: Hello, release: string): void {
  showPage(
    element("h1", {}, "This new key server waits for a backup"),
    element(
      "p",
      { class: "lead" },
      "Administrators approve the release first. Then custodians come, one after the other.",
    ),
    element(
      "div",
      { class: "actions" },
      element("a", { class: "secondary", href: `/approve#${release}` }, "I am an administrator"),
      element("a", { class: "secondary", href: "/custodian" }, "I am a custodian"),
    ),
    notice(
      "quiet",
      "Compare its words with your own sheet before you give anything.",
      `It is to become ${hello.name}.`,
    ),
  );
}

function showUnclaimed(): void {
  showPage(
    element("h1", {}, "This key server has no administrator yet"),
    element(
      "p",
      { class: "lead" },
      "Open the one-time address that its console printed. Each opens once: after a reload, or when it ran out, this makes a new one there:",
    ),
    element("pre", {}, consoleCommand("claim")),
    element(
      "p",
      { class: "quiet" },
      "A new one ends a set-up that is under way. If yours had come to its last step, it is not lost: the console still waits for your yes.",
    ),
    element("p", { class: "code" }, "E_CLAIM"),
  );
}

/** What follows the # names nothing that this page could show. */
function showUnknownAddress(fragment: string, files: readonly HTMLElement[]): void {
  const isClaim = CLAIM.test(fragment);
  showPage(
    ...files,
    element("h1", {}, isClaim ? "This key server has its administrator" : "An unknown request"),
    isClaim
      ? element("p", { class: "lead" }, "Its one-time address was used or is void: there is nothing left to claim.")
      : notice(
          "warning",
          "This address names no request that your key server could know.",
          "It may have been cut when it was copied. Open the request from the dashboard, or copy the whole address.",
        ),
  );
}

function showIdentity(hello: Hello, files: readonly HTMLElement[], announced: HTMLElement | null): void {
  showPage(
    announced,
    ...files,
    element("h1", {}, "Nothing to decide here"),
    element(
      "p",
      { class: "lead" },
      "Requests open from the dashboard, or at the address that the command line prints.",
    ),
    hello.sealed
      ? notice("warning", "This key server is sealed.", "Unseal it at its console: `holdfast-agent unseal`")
      : null,
    showOtherAddress(hello),
    hello.words
      ? showWords(
          hello.words,
          "The matching words of this environment, as the console shows them. The dashboard asks for three of them when it is connected; a report is checked against all eight.",
        )
      : null,
    element("p", { class: "quiet foot" }, element("a", { href: "/recover" }, "Lost a passkey?")),
  );
}

start().catch((error) => showPage(element("h1", {}, "This page cannot go on"), failure(error)));
window.addEventListener("hashchange", () => location.reload());
