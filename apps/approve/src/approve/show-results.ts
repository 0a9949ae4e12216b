import type { AgentPage, PageResult } from "../agent-page.ts";
import type { ShownCommand } from "../show/command.ts";
import { badge, element, prose, showPage } from "../show/element.ts";
import { showWhereNext } from "../show/status.ts";
import { showMoment } from "../show/time.ts";
import { showFiles } from "./show-files.ts";
import { REJECT, type Touch } from "./touch.ts";

const GOOD = ["applied", "scheduled", "pending"];

/** Shows what became of each command, and hands out a new client's files. */
export function showResults(page: AgentPage, { decision, on, handOver }: Touch, results: readonly PageResult[]): void {
  const isRejection = decision === REJECT;
  const stopped = on.every(({ command }) => command.status === "scheduled");
  const next = custodiansNext(on, results);
  showPage(
    element("h1", {}, isRejection ? rejectionHeadline(results, stopped) : headline(results)),
    element(
      "ul",
      { class: "panel results" },
      ...results.map((result) =>
        resultRow(
          result,
          on.find(({ command }) => command.hash === result.hash),
        ),
      ),
    ),
    showFiles({
      page,
      handOver,
      files: new Map(results.map(({ hash, files }) => [hash, files ?? []])),
      titleOf: (hash) => on.find(({ command }) => command.hash === hash)?.plain.title ?? hash,
    }),
    next,
    showWhereNext(next === null && results.every(({ files }) => !files?.length)),
  );
}

/** Where custodians go on, after a release or a drill that was approved; nothing otherwise. */
function custodiansNext(on: Touch["on"], results: readonly PageResult[]): HTMLElement | null {
  const applied = new Set(results.filter(({ outcome }) => outcome === "applied").map(({ hash }) => hash));
  const acts = on.filter(({ command }) => applied.has(command.hash)).map(({ signed }) => signed.act);
  const isRelease = acts.includes("escrow.release");
  if (!isRelease && !acts.includes("escrow.drill")) return null;
  // Only a key server that has a log of its own puts a release into it; the new one has none yet.
  if (isRelease && results.some(({ leaf }) => leaf !== undefined)) return carryOver();
  return element(
    "div",
    { class: "panel" },
    element(
      "p",
      { class: "strong" },
      isRelease ? "Now custodians give their shares" : "Now custodians prove their shares",
    ),
    element("p", {}, "Each of them alone, at a device of their own, opens"),
    element("pre", {}, `${location.origin}/custodian`),
  );
}

/** What follows a release that was approved at a key server which still runs: the new one takes the approvals as a file. */
function carryOver(): HTMLElement {
  return element(
    "div",
    { class: "panel" },
    element("p", { class: "strong" }, "Now take the approvals to the new key server"),
    element(
      "p",
      {},
      "Save them in the dashboard, at Backup & escrow, Releases. The new key server takes that file on its own machine with:",
    ),
    element("pre", {}, "holdfast-agent command deliver release.envelope"),
    element("p", {}, "Custodians give their shares there, and not at this address."),
  );
}

function headline(results: readonly PageResult[]): string {
  const outcomes = results.map(({ outcome }) => outcome);
  if (!outcomes.every((outcome) => GOOD.includes(outcome)))
    return outcomes.some((outcome) => GOOD.includes(outcome)) ? "Not everything was done" : "This was not done";
  if (outcomes.includes("pending")) return "Approved by you";
  if (outcomes.includes("scheduled")) return "Approved: it waits for its delay";
  return "Done";
}

function rejectionHeadline(results: readonly PageResult[], stopped: boolean): string {
  const done = stopped ? "stopped" : "rejected";
  const rejected = results.filter(({ outcome }) => outcome === "cancelled").length;
  if (rejected === results.length) return stopped ? "Stopped: it will not run" : "Rejected";
  return rejected > 0 ? `Not everything was ${done}` : `This was not ${done}`;
}

/** What became of one command. */
export function resultRow(result: PageResult, shown: ShownCommand | undefined): HTMLElement {
  return element(
    "li",
    {},
    element("span", { class: "strong" }, shown?.plain.title ?? result.hash),
    outcomeBadge(result, shown?.command.status === "scheduled"),
    result.what ? element("p", { class: "wide" }, ...prose(`${result.what} ${result.next ?? ""}`)) : null,
    result.outcome === "scheduled"
      ? element(
          "p",
          { class: "wide" },
          "Until then, any administrator can stop it at this address. ",
          element("button", { class: "plain", type: "button", click: () => location.reload() }, "Show it as it waits"),
        )
      : null,
    result.outcome === "pending" && !isFault(result) ? element("p", { class: "wide" }, stillNeeds(result)) : null,
    isFault(result) ? element("p", { class: "code wide" }, result.code ?? "") : null,
  );
}

/** Whether a result's code says that something is wrong, and not only that more approvals are needed. */
export function isFault({ outcome, code }: Pick<PageResult, "outcome" | "code">): boolean {
  return code !== undefined && outcome !== "cancelled" && !(outcome === "pending" && code === "E_QUORUM");
}

function stillNeeds({ have = 1, need = 2 }: PageResult): string {
  const more = Math.max(1, need - have);
  return `It still needs ${more === 1 ? "1 more administrator" : `${more} more administrators`}: at this same address.`;
}

function outcomeBadge({ outcome, leaf, due, have, need }: PageResult, waited: boolean): HTMLElement {
  switch (outcome) {
    case "applied":
      return badge("good", leaf === undefined ? "done" : `done, entry ${leaf} of the custody log`);
    case "scheduled":
      return badge("warning", due ? `runs ${showMoment(due)}` : "runs after its delay");
    case "pending":
      return badge("warning", `${have ?? 1} of ${need ?? 2} approvals`);
    case "cancelled":
      return badge("quiet", waited ? "stopped" : "rejected");
    case "expired":
      return badge("quiet", "ran out");
    default:
      return badge("danger", "refused");
  }
}
