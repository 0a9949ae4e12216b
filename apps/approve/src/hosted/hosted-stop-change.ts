import {
  approveChallenge,
  decodeBase64url,
  describeRosterChange,
  docHash,
  type HostedChangeAsk,
  onlyTightens,
  parseRoster,
  wordsOf,
} from "@holdfast/protocol";
import { PageRefusal } from "../agent-page.ts";
import { REJECT } from "../approve/touch.ts";
import { changeLines, ruleChanges } from "../roster/show-link.ts";
import { exactBytes } from "../show/command.ts";
import { badge, element, factRow, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { icon } from "../show/icon.ts";
import { showMoment } from "../show/time.ts";
import { showWords } from "../show/words.ts";
import { assertPasskey } from "../sign/passkey.ts";
import { handBack } from "./hand-back.ts";
import { servedBy } from "./what-counts.ts";

/** A second after everything is on the page, and only then, the button answers. */
const READING_MILLISECONDS = 1000;

/** Shows a change of administrators and rules by its bytes, and lets a person stop it: approving it here counts for nothing. */
export function runHostedStopChange(dashboard: string, ask: HostedChangeAsk): void {
  const { hash, next, plain, stoppable } = readChange(ask);
  const problem = element("div", { "aria-live": "polite" });
  const stop = async () => {
    problem.replaceChildren();
    button.toggleAttribute("disabled", true);
    try {
      const assertion = await assertPasskey(location.hostname, ask.creds, approveChallenge(REJECT, [hash]));
      handBack(dashboard, ask.place, { decision: REJECT, list: [hash], ...assertion });
    } catch (error) {
      problem.replaceChildren(failure(error));
      button.toggleAttribute("disabled", false);
    }
  };
  const button = element(
    "button",
    { class: "primary", type: "button", disabled: true, click: () => void stop() },
    icon("fingerprint"),
    "Stop it",
  );
  showPage(
    element(
      "article",
      { class: "command" },
      element(
        "p",
        { class: "tags" },
        badge(plain?.danger ? "danger" : "quiet", plain?.tag ?? "administrators and rules"),
      ),
      element("h1", {}, plain?.title ?? "A change of administrators and rules"),
      notice(
        "warning",
        "An approval at this page does not count for this.",
        `Approve it at your key server's own page. ${stoppable ? "You can stop it here." : "It only takes away, so nobody's no ends it."}`,
        "E_CHANNEL",
      ),
      plain === null ? notice("quiet", "What it follows was not given, so this page cannot say what changes.") : null,
      plain === null || plain.lines.length === 0 ? null : changeLines(plain),
      plain === null || plain.rules.length === 0 ? null : ruleChanges(plain),
      element(
        "dl",
        { class: "panel facts" },
        factRow("Asked", showMoment(next.issued)),
        factRow("Expires", `if not approved by ${showMoment(next.acceptBy)}`),
      ),
      showWords(
        wordsOf(hash),
        "These eight words name exactly this change. They are the same in the dashboard and on your key server's page.",
      ),
    ),
    problem,
    element("div", { class: "actions decide" }, stoppable ? button : null, exactBytes({ doc: ask.doc, hash })),
    servedBy(),
  );
  requestAnimationFrame(() =>
    requestAnimationFrame(() => setTimeout(() => button.toggleAttribute("disabled", false), READING_MILLISECONDS)),
  );
}

function readChange({ doc, base }: HostedChangeAsk) {
  try {
    const bytes = decodeBase64url(doc);
    const next = parseRoster(bytes);
    const before = base === undefined ? null : decodeBase64url(base);
    const follows = before !== null && docHash("roster", before) === next.prev;
    const old = follows ? parseRoster(before) : null;
    const plain = old && describeRosterChange(old, next);
    return { hash: docHash("roster", bytes), next, plain, stoppable: old === null || !onlyTightens(old, next) };
  } catch {
    throw new PageRefusal(
      "E_SCHEMA",
      "This is no change that a key server would read.",
      "Open it again from the dashboard.",
    );
  }
}
