import { ruledActWord } from "@holdfast/protocol";
import type { PageLink, Progress } from "../agent-page.ts";
import { exactBytes } from "../show/command.ts";
import { badge, type Child, element, factRow, notice } from "../show/element.ts";
import { showDue, showDuration, showMoment } from "../show/time.ts";
import { showWords } from "../show/words.ts";
import type { ShownLink } from "./shown-link.ts";
import { whoStopsWaiting } from "./who-stops.ts";

const MARKS = { added: "+", removed: "−", changed: "→" } as const;
const TONES = { added: "good", removed: "danger", changed: "quiet" } as const;

/** A change of administrators and rules as a person reads it before deciding. */
export function showLink(shown: ShownLink, heard: readonly HTMLElement[], now: number): HTMLElement {
  const { link, plain } = shown;
  const isOpen = link.status === "pending";
  return element(
    "article",
    { class: "command" },
    element(
      "p",
      { class: "tags" },
      badge(plain?.danger ? "danger" : "quiet", plain?.tag ?? "administrators and rules"),
    ),
    element("h1", {}, plain?.title ?? "A change of administrators and rules"),
    plain === null ? unknownBase() : null,
    isOpen ? null : showLinkStatus(link, now),
    isOpen && plain !== null && !link.dryRun.ok
      ? notice("warning", link.dryRun.what ?? "Your key server would refuse this.", link.dryRun.next, link.dryRun.code)
      : null,
    plain === null || plain.lines.length === 0 ? null : changeLines(plain),
    plain === null || plain.rules.length === 0 ? null : ruleChanges(plain),
    facts(shown, isOpen, now),
    ...heard,
    heard.length > 0
      ? null
      : showWords(
          link.words,
          "These eight words name exactly this change. They must be the same wherever you look at it.",
        ),
  );
}

/** The bytes that the passkey signs, and their hash. */
export function exactLinkBytes({ link }: ShownLink): HTMLElement {
  return exactBytes(link);
}

type Plain = NonNullable<ShownLink["plain"]>;

/** Whom and what a change adds, removes or changes. */
export function changeLines({ lines }: Plain): HTMLElement {
  return element(
    "ul",
    { class: "panel changes" },
    ...lines.map(({ kind, text, danger }) =>
      element(
        "li",
        { class: "change" },
        badge(danger ? "danger" : TONES[kind], element("span", { "aria-hidden": "true" }, MARKS[kind]), kind),
        element("span", {}, text),
      ),
    ),
  );
}

/** Every rule that a change touches, before and after. */
export function ruleChanges({ rules }: Plain): HTMLElement {
  return element(
    "section",
    { class: "rules", "aria-labelledby": "rules" },
    element("h2", { id: "rules" }, "What needs whom, before and after"),
    element(
      "ul",
      { class: "panel changes" },
      ...rules.map(({ act, before, after, loosens }) =>
        element(
          "li",
          { class: "change rule" },
          element("p", { class: "strong" }, ruledActWord(act), " ", loosens ? badge("danger", "asks for less") : null),
          element("p", { class: "quiet" }, "Before: ", before),
          element("p", {}, "After: ", after),
        ),
      ),
    ),
  );
}

function facts({ link, next }: ShownLink, isOpen: boolean, now: number): HTMLElement {
  const { approvals, delay, due } = link;
  const given = approvals.map(({ label, at }) => badge("good", at > 0 ? `${label}, ${showMoment(at, now)}` : label));
  return element(
    "dl",
    { class: "panel facts" },
    factRow("Asked", showMoment(next.issued, now)),
    isOpen ? factRow("Takes effect", effect(delay)) : null,
    isOpen ? factRow("Approvals", ...needs(link), ...given) : null,
    !isOpen && given.length > 0 ? factRow("Approved by", ...given) : null,
    link.status === "scheduled" && due !== null
      ? factRow(
          "In force",
          element("strong", {}, showMoment(due, now)),
          ", or later: only time in which your key server runs counts",
        )
      : null,
    isOpen ? factRow("Expires", `if not approved by ${showMoment(next.acceptBy, now)}`) : null,
  );
}

/** Those who decide now, and those who decide afterwards, both have to agree; a recovery is for replacement keys. */
function needs({ kind, old, new: next }: PageLink): Child[] {
  const text = ({ have, need }: Progress) => element("strong", {}, `${have} of ${need}`);
  if (kind === "recover") return [text(old), ` replacement key${old.need === 1 ? "" : "s"}`];
  if (old.have === next.have && old.need === next.need) return [text(old), " "];
  return [text(old), " of today's administrators, ", text(next), " of those afterwards "];
}

function effect({ delaySec, reason }: PageLink["delay"]): string {
  if (reason === "tightens") return "at once, when enough have approved: it only takes away or asks for more";
  if (delaySec === 0) return "at once, when enough have approved: there is no key yet";
  const who =
    reason === "recovery" ? "Any administrator, and any replacement key, can stop it" : "Any administrator can stop it";
  return `${showDuration(delaySec)} after the last approval. ${who} until then.`;
}

function showLinkStatus({ status, due, kind, mayObject }: PageLink, now: number): HTMLElement {
  switch (status) {
    case "applied":
      return notice("good", "This is in force.", "Your key server follows it; the custody log has its entry.");
    case "scheduled":
      return notice(
        "warning",
        due === null ? "Approved. It is in force after its delay." : `Approved. It is in force ${showDue(due, now)}.`,
        `Nothing has changed yet. ${whoStopsWaiting({ kind, mayObject }, " here")}`,
      );
    case "cancelled":
      return notice("quiet", "This was stopped.", "Nothing was changed. It can be proposed anew.");
    case "expired":
      return notice(
        "quiet",
        "This ran out before enough had approved.",
        "Nothing was changed. It can be proposed anew.",
      );
    default:
      return notice("warning", "Your key server refused this.", "Nothing was changed. The custody log says why.");
  }
}

function unknownBase(): HTMLElement {
  return notice(
    "danger",
    "Your key server does not have the list that this change follows.",
    "It was overtaken by another change, or made for another environment. Have it proposed anew.",
    "E_ROSTER_SEQ",
  );
}
