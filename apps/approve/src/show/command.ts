import {
  type Command,
  type CommandDescription,
  decodeBase64url,
  describeCommand,
  descriptionParts,
  type Introduction,
  introductionsOf,
  parseCommand,
  verifyIntroductions,
} from "@holdfast/protocol";
import type { PageCommand, RecentUse } from "../agent-page.ts";
import { badge, element, factRow, notice } from "./element.ts";
import { showStatus } from "./status.ts";
import { showDuration, showMoment } from "./time.ts";
import { showWords } from "./words.ts";

/** What a newcomer gave to the key server, by the hash that the command's signed bytes name. */
export interface ShownIntroduction {
  readonly hash: string;
  readonly introduction: Introduction;
}

/** A command as its signed bytes say, beside what the agent knows of its target. */
export interface ShownCommand {
  readonly command: PageCommand;
  readonly signed: Command;
  /** Everything that it names; null where something of it is not here, and nothing can be approved. */
  readonly introductions: readonly ShownIntroduction[] | null;
  readonly plain: CommandDescription;
}

/** Where a command stands on the page. */
export interface ShownPlace {
  /** The questions for the words of what was introduced, where it can be approved. */
  readonly heard?: readonly HTMLElement[];
  /** The agent's time, Unix seconds. */
  readonly now: number;
  /** Which of several it is, from 1; null when it is alone. */
  readonly position: { readonly index: number; readonly of: number } | null;
}

/** More sentences than so many stand closer together, each after a hairline, as the rows of a list do. */
const MOST_SENTENCES = 4;

type Target = NonNullable<PageCommand["target"]>;

/** Reads the signed bytes; what is shown comes from them and from the agent's own state, nothing else. */
export function decodeShown(command: PageCommand): ShownCommand {
  const signed = parseCommand(decodeBase64url(command.doc));
  const plain = describeCommand(signed, { target: command.target });
  return { command, signed, introductions: introductionsIn(command, signed), plain };
}

/** The introductions, held against the command's bytes here as well. */
function introductionsIn({ intros }: PageCommand, signed: Command): readonly ShownIntroduction[] | null {
  if (introductionsOf(signed).length === 0) return [];
  try {
    return [...verifyIntroductions(signed, intros, signed.issued)].map(([hash, introduction]) => ({
      hash,
      introduction,
    }));
  } catch {
    return null;
  }
}

/** One command as a person reads it before deciding. */
export function showCommand(shown: ShownCommand, { now, position, heard = [] }: ShownPlace): HTMLElement {
  const { command, plain } = shown;
  const isOpen = command.status === "pending";
  return element(
    "article",
    { class: position ? "command one-of-several" : "command" },
    ...showPlain(plain, position),
    isOpen ? null : showStatus(command, shown.signed.act, now),
    isOpen && !command.dryRun.ok ? cannotRun(command) : null,
    showFacts(shown, now, isOpen),
    ...heard,
    // Beside a question for other words these would be typed instead.
    heard.length > 0
      ? null
      : showWords(
          command.words,
          "These eight words name exactly this command. They must be the same wherever you look at it.",
        ),
    position ? exactBytes(command) : null,
  );
}

/** What a command does, in plain words made of its signed bytes. */
export function showPlain(plain: ShownCommand["plain"], position: ShownPlace["position"]): HTMLElement[] {
  return [
    element(
      "p",
      { class: "tags" },
      position ? element("span", { class: "quiet" }, `${position.index} of ${position.of}`) : null,
      badge(plain.danger ? "danger" : "quiet", plain.tag),
    ),
    element(position ? "h2" : "h1", {}, plain.title),
    ...descriptionParts(plain).map((part, _, parts) =>
      typeof part !== "string"
        ? element(
            "ol",
            { class: "panel things" },
            ...part.map(({ name, rest }) => element("li", { class: "thing" }, element("strong", {}, name), rest)),
          )
        : parts.length > MOST_SENTENCES
          ? element("p", { class: "lead one-of-many" }, part)
          : element("p", { class: "lead" }, part),
    ),
  ];
}

/** The bytes that the passkey signs, and their hash. */
export function exactBytes(command: Pick<PageCommand, "doc" | "hash">): HTMLElement {
  return element(
    "details",
    { class: "bytes" },
    element("summary", {}, "Exact bytes"),
    element("pre", {}, new TextDecoder().decode(decodeBase64url(command.doc))),
    element("p", { class: "code" }, `Their hash, which the passkey signs: ${command.hash}`),
  );
}

function showFacts({ command, signed, plain }: ShownCommand, now: number, isOpen: boolean): HTMLElement {
  const { target, policy, due } = command;
  const isScheduled = command.status === "scheduled";
  const isKey = signed.target?.kind === "key";
  return element(
    "dl",
    { class: "panel facts" },
    factRow("Asked", showMoment(signed.issued, now), signed.reason ? `, “${signed.reason}”` : ""),
    command.restored && isOpen ? factRow("Administrators", ...rosterKnown(command.restored, now)) : null,
    isOpen ? factRow("Takes effect", effect(policy)) : null,
    isOpen
      ? factRow("Approvals", element("strong", {}, `${policy.have} of ${policy.m}`), ...approvals(command, now))
      : null,
    isScheduled && command.approvals.length > 0
      ? factRow("Approved by", command.approvals.map(({ label }) => label).join(", "))
      : null,
    isScheduled && due !== null
      ? factRow(
          "Runs",
          element("strong", {}, showMoment(due, now)),
          ", or later: only time in which your key server runs counts",
        )
      : null,
    target ? factRow(isKey ? "Key now" : "Client now", ...(isKey ? keyNow(target, now) : [clientNow(target)])) : null,
    target && isKey && (plain.danger || target.usedBy.length > 0)
      ? factRow("Used by", recentText(target.usedBy, now, "nobody"))
      : null,
    target?.uses ? factRow("Used keys", recentText(target.uses, now, "none")) : null,
    isOpen ? factRow("Expires", `if not approved by ${showMoment(signed.exp, now)}`) : null,
  );
}

/** Whom the restored key server takes for an administrator: it knows of nobody who left later. */
function rosterKnown({ knew, now }: NonNullable<PageCommand["restored"]>, time: number): (string | Node)[] {
  const version = element("strong", {}, `version ${now.seq} of ${showMoment(now.issued, time)}`);
  const learnt = now.seq - knew.seq;
  return [
    version,
    learnt === 0
      ? ", as the backup knew them. "
      : `: the backup knew version ${knew.seq}, and ${learnt === 1 ? "1 change" : `${learnt} changes`} after it came since. `,
    "If an administrator left after that, this key server does not know. Bring a newer report first: ",
    element("code", {}, "holdfast-agent restore links REPORT"),
  ];
}

function effect({ m, delaySec }: PageCommand["policy"]): string {
  if (delaySec > 0)
    return `${showDuration(delaySec)} after the last approval. Any administrator can cancel until then.`;
  return m === 1 ? "at once, when you approve" : `at once, when ${m} administrators have approved`;
}

function approvals({ approvals: given, policy }: PageCommand, now: number): HTMLElement[] {
  const made = given.map(({ label, at }) => badge("good", at > 0 ? `${label}, ${showMoment(at, now)}` : label));
  return policy.have < policy.m ? [...made, badge("quiet", "you")] : made;
}

function keyNow({ state, algorithm, group, current, versions, backedUpAt }: Target, now: number): (string | Node)[] {
  const known = versions === 1 ? "1\u00a0version" : `version\u00a0${current} of ${versions}`;
  const facts = [stateWord(state), algorithm, `group ${group}`, known].join(" · ");
  return [
    facts,
    " · ",
    backedUpAt ? `in the backup of ${showMoment(backedUpAt, now)}` : element("strong", {}, "in no backup"),
  ];
}

function clientNow({ state }: Target): string {
  return stateWord(state);
}

/** A state in the words of the dashboard. */
function stateWord(state: string): string {
  const words: Readonly<Record<string, string>> = {
    deactivated: "Retired",
    compromised: "Exposed",
    revoked: "Withdrawn",
  };
  return words[state] ?? `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
}

const MOST_NAMED = 8;

/** Use in the last 30 days, as the agent counted it. */
function recentText(uses: readonly RecentUse[], now: number, none: string): string {
  if (uses.length === 0) return `${none} in the last 30 days`;
  const named = uses.slice(0, MOST_NAMED).map(({ label, lastAt, count }) => {
    return `${label}, ${count} ${count === 1 ? "time" : "times"} in 30 days, last ${showMoment(lastAt, now)}`;
  });
  return uses.length > MOST_NAMED ? `${named.join(" · ")} · and ${uses.length - MOST_NAMED} more` : named.join(" · ");
}

function cannotRun({ dryRun }: PageCommand): HTMLElement {
  return notice("warning", dryRun.what ?? "Your key server would refuse this.", dryRun.next, dryRun.code);
}
