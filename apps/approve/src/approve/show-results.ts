import type { HandedFile, PageResult } from "../agent-page.ts";
import type { ShownCommand } from "../show/command.ts";
import { badge, element, showPage } from "../show/element.ts";
import { showMoment } from "../show/time.ts";

/** Shows what became of each command, and hands out a new client's files, once. */
export function showResults(
  answer: { results: PageResult[] },
  shown: readonly ShownCommand[],
  rejected: boolean,
): void {
  const { results } = answer;
  const done = results.every((result) => ["applied", "scheduled", "pending", "cancelled"].includes(result.outcome));
  const files = results.flatMap((result) => result.files ?? []);
  showPage(
    element("h1", {}, rejected ? "Rejected" : done ? headline(results) : "Not everything was done"),
    element(
      "ul",
      { class: "panel results" },
      ...results.map((result) =>
        resultRow(
          result,
          shown.find((one) => one.command.hash === result.hash),
        ),
      ),
    ),
    files.length > 0 ? handOver(files) : null,
    element("p", { class: "quiet foot" }, "The dashboard shows this as soon as your key server has reported it."),
  );
}

function headline(results: readonly PageResult[]): string {
  if (results.some((result) => result.outcome === "pending")) return "Approved by you";
  if (results.some((result) => result.outcome === "scheduled")) return "Approved: it waits its delay";
  return "Done";
}

function resultRow(result: PageResult, shown: ShownCommand | undefined): HTMLElement {
  const title = shown?.plain.title ?? result.hash;
  return element(
    "li",
    {},
    element("span", { class: "strong" }, title),
    outcomeBadge(result),
    result.what ? element("p", { class: "wide" }, result.what, result.next ? ` ${result.next}` : "") : null,
    result.code ? element("p", { class: "code wide" }, result.code) : null,
  );
}

function outcomeBadge(result: PageResult): HTMLElement {
  if (result.outcome === "applied") return badge("good", `done, entry ${result.leaf ?? ""} of the custody log`);
  if (result.outcome === "scheduled")
    return badge("warning", `runs ${result.due ? showMoment(result.due) : "after its delay"}`);
  if (result.outcome === "pending") return badge("warning", `${result.have ?? 1} of ${result.need ?? 2} approvals`);
  if (result.outcome === "cancelled") return badge("quiet", "cancelled");
  return badge("danger", result.outcome);
}

function handOver(files: readonly HandedFile[]): HTMLElement {
  return element(
    "section",
    { class: "panel" },
    element("h2", {}, "The new client's files, once"),
    element(
      "p",
      {},
      "Save them now, where the application runs. Your key server forgets the private key when you leave this page; a lost one is enrolled anew.",
    ),
    element("div", { class: "actions" }, ...files.map(fileLink)),
  );
}

function fileLink(file: HandedFile): HTMLElement {
  const bytes = Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0));
  const href = URL.createObjectURL(new Blob([bytes], { type: file.mediaType }));
  return element("a", { class: "secondary", download: file.name, href }, `Save ${file.name}`);
}
