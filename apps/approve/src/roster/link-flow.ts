import { approveChallenge } from "@holdfast/protocol";
import { type AgentPage, type Hello, type PageLinkResult, type PageLinks, PageRefusal } from "../agent-page.ts";
import { askHeardWords } from "../approve/heard-words.ts";
import { APPROVE, type Decision, REJECT } from "../approve/touch.ts";
import { showAtPeer } from "../show/at-peer.ts";
import { badge, element, prose, showPage } from "../show/element.ts";
import { goElsewhere } from "../show/elsewhere.ts";
import { failure } from "../show/failure.ts";
import { icon } from "../show/icon.ts";
import { showWhereNext } from "../show/status.ts";
import { showDue } from "../show/time.ts";
import { assertPasskey } from "../sign/passkey.ts";
import { announcements } from "./announcements.ts";
import { aloneWords, approvalsSoFar } from "./link-words.ts";
import { exactLinkBytes, showLink } from "./show-link.ts";
import { readShownLink, type ShownLink } from "./shown-link.ts";

/** A second after everything is on the page, and only then, the buttons answer: nobody approves what is not shown. */
const READING_MILLISECONDS = 1000;

interface Deciding {
  readonly page: AgentPage;
  readonly hello: Hello;
  readonly answer: PageLinks;
  readonly shown: ShownLink;
}

/** Shows one change of administrators and rules, and lets the person approve or stop it. False where there is none. */
export async function runLink(page: AgentPage, hello: Hello, hash: string): Promise<boolean> {
  const answer = await page.get<PageLinks>(`/page/links?hash=${hash}`);
  if (answer.link === null) return false;
  if (answer.link.kind === "recover" && answer.link.status === "pending") {
    location.replace(`/recover#${hash}`); // it waits for replacement keys, which are asked for there
    return true;
  }
  show({ page, hello, answer, shown: readShownLink(answer.link) });
  return true;
}

function show(deciding: Deciding): void {
  const { hello, answer, shown } = deciding;
  const { link, introductions, plain } = shown;
  const isRecovery = link.kind === "recover";
  const canApprove =
    !isRecovery && link.status === "pending" && link.dryRun.ok && plain !== null && introductions !== null;
  let hasBeenRead = false;
  const heard = (canApprove ? (introductions ?? []) : []).map((one) => askHeardWords(one, () => refresh()));
  const problem = element("div", { "aria-live": "polite" });
  const refresh = () => {
    const isHeard = heard.every((each) => each.isHeard());
    approve.toggleAttribute("disabled", !hasBeenRead || !canApprove || !isHeard);
    reject.toggleAttribute("disabled", !hasBeenRead);
  };
  const press = (decision: Decision) => async () => {
    problem.replaceChildren();
    for (const each of [approve, reject]) each.toggleAttribute("disabled", true);
    try {
      showResult(deciding, decision, await decide(deciding, decision));
    } catch (error) {
      problem.replaceChildren(failure(error));
      refresh();
    }
  };
  const approve = button(
    plain?.danger ? "primary destructive" : "primary",
    "Approve with passkey",
    press(APPROVE),
    true,
  );
  const isScheduled = link.status === "scheduled";
  const reject = button(
    isScheduled ? "primary" : "secondary",
    isScheduled ? "Stop it" : "Reject",
    press(REJECT),
    isScheduled,
  );
  const buttons = [...(link.status === "pending" && !isRecovery ? [approve] : []), ...(link.mayObject ? [reject] : [])];
  showPage(
    announcements(
      answer.announced.filter(({ hash }) => hash !== link.hash),
      answer.now,
    ),
    showAtPeer(answer.at),
    showLink(
      shown,
      heard.map(({ panel }) => panel),
      answer.now,
    ),
    problem,
    link.status === "pending" && answer.approvers.length === 0 ? goElsewhere(answer.elsewhere, link.hash) : null,
    element("div", { class: "actions decide" }, ...buttons, exactLinkBytes(shown)),
    buttons.length > 0 ? footer(hello, shown) : null,
  );
  requestAnimationFrame(() =>
    requestAnimationFrame(() =>
      setTimeout(() => {
        hasBeenRead = true;
        refresh();
      }, READING_MILLISECONDS),
    ),
  );
}

/** Signs and sends a decision. Sending the same one again changes nothing twice. */
async function decide({ page, answer, shown }: Deciding, decision: Decision): Promise<PageLinkResult> {
  const { hash } = shown.link;
  const credIds = decision === APPROVE ? answer.approvers : answer.objectors;
  const assertion = await assertPasskey(answer.rpId, credIds, approveChallenge(decision, [hash]));
  try {
    const { result } = await page.post<{ result: PageLinkResult }>("/page/link", {
      approval: { decision, list: [hash], ...assertion },
    });
    return result;
  } catch (error) {
    if (error instanceof PageRefusal && error.code === "E_UNREACHABLE")
      throw new PageRefusal(
        "E_UNREACHABLE",
        "Your decision was sent, and the answer was lost.",
        "Load this page again: it shows what became of it. Deciding again changes nothing twice.",
      );
    throw error;
  }
}

function showResult({ shown, answer }: Deciding, decision: Decision, result: PageLinkResult): void {
  const { plain } = shown;
  showPage(
    element("h1", {}, headline(decision, result)),
    element(
      "ul",
      { class: "panel results" },
      element(
        "li",
        {},
        element("span", { class: "strong" }, plain?.title ?? result.hash),
        outcome(result, answer.now),
        result.outcome === "refused"
          ? element("p", { class: "wide" }, ...prose(`${result.what ?? ""} ${result.next ?? ""}`))
          : null,
        result.outcome === "pending" ? element("p", { class: "wide" }, stillNeeded(result)) : null,
        result.outcome === "pending" ? goElsewhere(answer.elsewhere, result.hash) : null,
        result.outcome === "scheduled"
          ? element(
              "p",
              { class: "wide" },
              "Until then, any administrator can stop it at this address. ",
              element(
                "button",
                { class: "plain", type: "button", click: () => location.reload() },
                "Show it as it waits",
              ),
            )
          : null,
        result.code && result.outcome === "refused" ? element("p", { class: "code wide" }, result.code) : null,
      ),
    ),
    showWhereNext(true),
  );
}

function headline(decision: Decision, { outcome: what }: PageLinkResult): string {
  if (what === "refused") return "This was not done";
  if (what === "cancelled") return "Stopped: it will not be in force";
  if (decision === REJECT) return "This was not stopped";
  if (what === "scheduled") return "Approved: it waits for its delay";
  return what === "pending" ? "Approved by you" : "Done";
}

function stillNeeded({ old, new: next }: PageLinkResult): string {
  const missing = [
    ...(old !== undefined && old.have < old.need ? [`${old.need - old.have} more of today's administrators`] : []),
    ...(next !== undefined && next.have < next.need ? [`${next.need - next.have} more of those afterwards`] : []),
  ];
  return missing.length === 0 ? "" : `It still needs ${missing.join(", and ")}: at this same address.`;
}

function outcome({ outcome: what, leaf, due, old, new: next }: PageLinkResult, now: number): HTMLElement {
  switch (what) {
    case "applied":
      return badge("good", leaf === undefined ? "in force" : `in force, entry ${leaf} of the custody log`);
    case "scheduled":
      return badge("warning", due === undefined ? "after its delay" : `in force ${showDue(due, now)}`);
    case "pending":
      return badge("warning", approvalsSoFar(old, next));
    case "cancelled":
      return badge("quiet", "stopped");
    default:
      return badge("danger", "refused");
  }
}

function button(kind: string, text: string, press: () => Promise<void>, touches = false): HTMLElement {
  const attributes = { class: kind, type: "button", disabled: true, click: () => void press() };
  return element("button", attributes, touches ? icon("fingerprint") : null, text);
}

function footer({ oneAdministrator }: Hello, shown: ShownLink): HTMLElement {
  return element(
    "p",
    { class: "quiet foot" },
    oneAdministrator ? aloneWords(shown, location.origin) : "",
    "The dashboard cannot show this page or press this button: your browser gives this passkey to ",
    element("code", {}, location.origin),
    " alone.",
  );
}
