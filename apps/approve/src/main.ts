import { AgentPage, type Hello } from "./agent-page.ts";
import { runApprove } from "./approve/approve-flow.ts";
import { keptFiles } from "./approve/kept-files.ts";
import { runClaim } from "./claim/claim-flow.ts";
import { badge, element, notice, showPage } from "./show/element.ts";
import { failure } from "./show/failure.ts";
import { icon } from "./show/icon.ts";
import { showWords } from "./show/words.ts";

/** 1 to 50 command hashes, joined by dots: all this page takes from its address. */
const HASHES = /^[A-Za-z0-9_-]{43}(?:\.[A-Za-z0-9_-]{43}){0,49}$/;
const CLAIM = /^[A-Za-z0-9_-]{22}$/;

async function start(): Promise<void> {
  const page = new AgentPage();
  const fragment = location.hash.slice(1);
  const hello = await page.get<Hello>("/page/hello");
  showHeader(hello);
  if (hello.tid === null) {
    if (CLAIM.test(fragment)) return runClaim(page, hello, fragment);
    return showUnclaimed();
  }
  if (HASHES.test(fragment)) return runApprove(page, hello, fragment.split("."));
  showIdentity(hello, hello.sealed ? [] : await keptFiles(page));
}

function showHeader(hello: Hello): void {
  document.title = `${hello.name} · approvals`;
  const called = element(
    "p",
    { class: "called" },
    element("strong", {}, hello.name),
    " ",
    element("span", {}, "approval page"),
  );
  document
    .querySelector("header")
    ?.replaceChildren(icon("mark"), called, badge("good", icon("shield"), "served by your key server"));
}

function showUnclaimed(): void {
  showPage(
    element("h1", {}, "This key server has no administrator yet"),
    element("p", { class: "lead" }, "Open the one-time address that its console printed. This makes a new one there:"),
    element("pre", {}, "holdfast-agent claim"),
    element("p", { class: "code" }, "E_CLAIM"),
  );
}

function showIdentity(hello: Hello, files: readonly HTMLElement[]): void {
  showPage(
    ...files,
    element("h1", {}, "Nothing to decide here"),
    element(
      "p",
      { class: "lead" },
      "Requests open from the dashboard, or at the address that the command line prints.",
    ),
    hello.sealed
      ? notice("warning", "This key server is sealed.", "Unseal it at its console: holdfast-agent unseal")
      : null,
    hello.words
      ? showWords(hello.words, "The matching words of this domain. Console and dashboard must show the same ones.")
      : null,
  );
}

start().catch((error) => showPage(element("h1", {}, "This page cannot go on"), failure(error)));
window.addEventListener("hashchange", () => location.reload());
