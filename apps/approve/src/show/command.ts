import { type Command, decodeBase64url, describeCommand, parseCommand } from "@holdfast/protocol";
import type { PageCommand } from "../agent-page.ts";
import { badge, element, factRow } from "./element.ts";
import { showDuration, showMoment } from "./time.ts";

/** A command as its signed bytes say, beside what the agent knows of its target. */
export interface ShownCommand {
  readonly command: PageCommand;
  readonly signed: Command;
  readonly plain: { title: string; tag: string; danger: boolean; lines: readonly string[] };
}

/** Reads the signed bytes; what is shown comes from them and from the agent's own state, nothing else. */
export function decodeShown(command: PageCommand): ShownCommand {
  const signed = parseCommand(decodeBase64url(command.doc));
  return { command, signed, plain: describeCommand(signed, { target: command.target }) };
}

/** One command as a person reads it before deciding. */
export function showCommand({ command, signed, plain }: ShownCommand, now: number): HTMLElement {
  const { target, policy } = command;
  return element(
    "article",
    { class: "command" },
    badge(plain.danger ? "danger" : "quiet", plain.tag),
    element("h1", {}, plain.title),
    ...plain.lines.map((line) => element("p", { class: "lead" }, line)),
    element(
      "dl",
      { class: "panel facts" },
      factRow("Asked", showMoment(signed.issued), signed.reason ? ` · “${signed.reason}”` : ""),
      factRow("Takes effect", effect(policy.delaySec)),
      factRow("Approvals", element("strong", {}, `${policy.have} of ${policy.m}`), ...approvals(command)),
      target ? factRow("Now", targetNow(target)) : null,
      target ? factRow("Used by", usedBy(target, now)) : null,
      factRow("Runs out", `if not approved by ${showMoment(signed.exp)}`),
    ),
    command.dryRun.ok ? null : cannotRun(command),
    element(
      "div",
      { class: "panel words-panel" },
      element(
        "p",
        { class: "quiet" },
        "These eight words name exactly this command. They are the same wherever you look at it.",
      ),
      element("p", { class: "words-line" }, command.words.join(" ")),
    ),
    element(
      "details",
      {},
      element("summary", {}, "Exact bytes"),
      element("pre", {}, new TextDecoder().decode(decodeBase64url(command.doc))),
      element("p", { class: "code" }, command.hash),
    ),
  );
}

function effect(delaySeconds: number): string {
  if (delaySeconds === 0) return "at once, when enough administrators have approved";
  return `${showDuration(delaySeconds)} after the last approval. Any administrator can cancel until then.`;
}

function approvals(command: PageCommand): HTMLElement[] {
  return command.approvals.map((approval) => badge("good", `${approval.label}, ${showMoment(approval.at)}`));
}

function targetNow(target: NonNullable<PageCommand["target"]>): string {
  const facts = [target.state, target.algorithm, `group ${target.group}`, `version ${target.current}`].filter(Boolean);
  return `${facts.join(" · ")} · ${target.backedUpAt ? `in the backup of ${showMoment(target.backedUpAt)}` : "in no backup"}`;
}

function usedBy(target: NonNullable<PageCommand["target"]>, now: number): string {
  const recent = target.usedBy.filter((use) => use.lastAt > now - 30 * 86_400);
  if (recent.length === 0) return "nobody in the last 30 days";
  return recent.map((use) => `${use.label}, last ${showMoment(use.lastAt)}`).join(" · ");
}

function cannotRun(command: PageCommand): HTMLElement {
  return element(
    "div",
    { class: "notice warning" },
    element("p", { class: "strong" }, command.dryRun.what ?? "Your key server would refuse this."),
    element("p", {}, command.dryRun.next ?? ""),
    element("p", { class: "code" }, command.dryRun.code ?? ""),
  );
}
