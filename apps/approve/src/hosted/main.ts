import { decodeBase64url, hostedAsk, hostedChangeAsk, hostedPasskeyAsk } from "@holdfast/protocol";
import { PageRefusal } from "../agent-page.ts";
import { badge, element, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { icon } from "../show/icon.ts";
import { runHostedApprove } from "./hosted-approve.ts";
import { runHostedPasskey } from "./hosted-passkey.ts";
import { runHostedStopChange } from "./hosted-stop-change.ts";
import { COUNTS } from "./what-counts.ts";

/** What this page takes from its address: one document of the dashboard, or of a key server's page. */
const ASKED = /^(ask|change|passkey)\.([A-Za-z0-9_-]{1,131072})$/;

function start(): void {
  showHeader();
  const [, kind, text = ""] = ASKED.exec(location.hash.slice(1)) ?? [];
  if (kind === "ask") runHostedApprove(dashboardOrigin(), readAsked(hostedAsk, text));
  else if (kind === "change") runHostedStopChange(dashboardOrigin(), readAsked(hostedChangeAsk, text));
  else if (kind === "passkey") runHostedPasskey(readAsked(hostedPasskeyAsk, text));
  else showNothing(location.hash.length < 2);
}

/** Where decisions go back to: written into this page by the process that serves it, never taken from an address. */
function dashboardOrigin(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="holdfast-dashboard"]')?.content ?? "";
}

function readAsked<T>(codec: { parse(bytes: Uint8Array): T }, text: string): T {
  try {
    return codec.parse(decodeBase64url(text));
  } catch {
    throw new PageRefusal(
      "E_SCHEMA",
      "This address asks for nothing that this page can show.",
      "It may have been cut when it was copied. Open it again from where it came.",
    );
  }
}

function showHeader(): void {
  document
    .querySelector("header")
    ?.replaceChildren(
      icon("mark"),
      element(
        "p",
        { class: "called" },
        element("strong", {}, "Holdfast"),
        " ",
        element("span", {}, "hosted approvals"),
      ),
      badge("warning", "served by the operator"),
    );
}

function showNothing(isEmpty: boolean): void {
  showPage(
    element("h1", {}, isEmpty ? "Nothing to decide here" : "An unknown request"),
    element("p", { class: "lead" }, "Requests open from the dashboard, passkeys from your key server's own page."),
    notice("quiet", "What is approved here counts for little.", COUNTS),
  );
}

try {
  start();
} catch (error) {
  showPage(element("h1", {}, "This page cannot go on"), failure(error));
}
window.addEventListener("hashchange", () => location.reload());
