import { quorumOf, ruleText } from "@holdfast/protocol";
import type { LinkAnswer, LinkView, RosterAnswer } from "../admin/answers.ts";
import { AgentRefusal } from "./cli-error.ts";
import { type CommandContext, EXIT_PENDING } from "./command.ts";
import { facts, showTime, table } from "./output.ts";

const SIGNS: Readonly<Record<string, string>> = { adds: "+", removes: "-", rule: "~", other: "·" };

/** What a change does, one line each, the way diffs are read. */
export function changeText(changes: LinkAnswer["changes"]): string {
  return changes.map(({ kind, text }) => `  ${SIGNS[kind] ?? "·"} ${text}`).join("\n");
}

/**
 * Has the agent draft and propose a change of administrators and rules, and says what follows.
 *
 * @param call - Which of the socket's calls drafts it.
 * @returns 0 when it is in force or its delay runs, 3 when it waits for approvals
 * @throws {@link AgentRefusal}
 */
export async function proposeChange(
  { admin, out }: CommandContext,
  body: object,
  call = "/v1/roster/propose",
): Promise<number> {
  const answer = await admin().post<LinkAnswer>(call, body);
  const { outcome, hash, approveUrl, changes, due } = answer;
  if (outcome === "refused" || outcome === "cancelled")
    throw new AgentRefusal(
      409,
      answer.code ?? "E_REFUSED",
      answer.what ?? `The change was ${outcome}.`,
      answer.next ?? "See `holdfast-agent audit tail`.",
    );
  const what = changeText(changes);
  if (outcome === "pending") {
    out.result({ pending: hash, approveUrl, changes }, () =>
      [
        `Proposed:\n${what}`,
        `It needs as many of those who administer now as the rules ask for, and as many of the new version as its rules ask for, each at\n  ${approveUrl ?? "the agent's approval page"}`,
        "`holdfast-agent roster list` shows how far it is.",
      ].join("\n\n"),
    );
    return EXIT_PENDING;
  }
  const when =
    outcome === "scheduled"
      ? `Approved. It is in force by itself at ${showTime(due)} (by the agent's running time); any administrator can say no until then.`
      : "In force.";
  out.result({ hash, outcome, changes, ...(due === undefined ? {} : { due }) }, `${when}\n${what}`);
  return 0;
}

/** Administrators, rules and what waits, for people. */
export function rosterText(roster: RosterAnswer): string {
  const { seq, notAfter, recovery, agents, witnesses, links, conflicts } = roster;
  const general = facts([
    ["version", `${seq}, good until ${showTime(notAfter)}`],
    [
      "replacement keys",
      recovery.keys === 0
        ? "none: lost passkeys cannot be replaced"
        : `${recovery.m} of ${recovery.keys}, after ${Math.round(recovery.delaySec / 3600)} hours: ${recovery.names.join(", ")}`,
    ],
    ["key servers", agents.map(({ label }) => label).join(", ")],
    ["witnesses", witnesses.length === 0 ? "none" : witnesses.join(", ")],
  ]);
  return [
    general,
    administratorsText(roster),
    rulesText(roster),
    ...(links.length === 0 ? [] : [linksText(links)]),
    ...conflicts.map(
      ({ seq: place, hash, learnt }) =>
        `ALARM: two changes were signed for version ${place}. The one that lost is kept in the log: ${hash}${
          learnt ? ". It may have been cancelled in the log that was lost before the restore." : ""
        }`,
    ),
  ].join("\n\n");
}

export function administratorsText({ administrators }: RosterAnswer): string {
  const rows = administrators.flatMap(({ adm, label, groups, passkeys }) =>
    passkeys.map(({ credId, origin }, index) => [
      ...(index === 0 ? [label, adm, groups.join(", ") || "-"] : ["", "", ""]),
      `${credId.slice(0, 12)}…`,
      origin ?? "this host's local key",
    ]),
  );
  return table(["ADMINISTRATOR", "ID", "GROUPS", "PASSKEY", "FOR"], rows);
}

export function rulesText({ policy }: RosterAnswer): string {
  const name = (act: string) => (act === "*" ? "every act not named" : act);
  return table(
    ["ACT", "NEEDS"],
    policy.map((rule) => [name(rule.act), ruleText(quorumOf(rule))]),
  );
}

/** Changes that wait, and what each needs. */
export function linksText(links: readonly LinkView[]): string {
  return links
    .map((link) => {
      const { hash, kind, changes, due, exp, approvals, dryRun, approveUrl, stop } = link;
      const missing = `${Math.max(0, link.old.need - link.old.have)} of those who administer now, ${Math.max(0, link.new.need - link.new.have)} under the new rules`;
      const state =
        due === null
          ? [`waits for approvals: ${missing}; until ${showTime(exp)}`, `decide at ${approveUrl ?? "the agent's page"}`]
          : [`approved; in force by itself at ${showTime(due)}. ${stop.what} ${stop.next}`];
      const by = approvals.length === 0 ? [] : [`approved by ${approvals.map(({ label }) => label).join(", ")}`];
      const stopped =
        due === null && !dryRun.ok ? [`would be refused now: ${dryRun.what} ${dryRun.next} (${dryRun.code})`] : [];
      const title = `${kind === "recover" ? "RECOVERY" : "CHANGE"} ${hash}`;
      return [title, changeText(changes), ...[...state, ...by, ...stopped].map((line) => `  ${line}`)].join("\n");
    })
    .join("\n\n");
}
