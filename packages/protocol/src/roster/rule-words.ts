import { type Quorum, quorumFor, quorumOf } from "./quorum.ts";
import type { PolicyRule, Roster } from "./roster.ts";

/** What a rule is for: an act, `roster.update` for links, `*` for every act not named. */
export type RuledAct = PolicyRule["act"];

const WORDS: Readonly<Record<RuledAct, string>> = {
  "*": "Everything not named",
  "roster.update": "Changing administrators and rules",
  "key.create": "Making a key",
  "key.register": "Taking over a key made elsewhere",
  "key.activate": "Activating a key",
  "key.rotate": "Rotating a key",
  "key.suspend": "Suspending a key",
  "key.resume": "Resuming a suspended key",
  "key.deactivate": "Retiring a key",
  "key.compromise": "Marking a key as exposed",
  "key.destroy": "Destroying a key",
  "key.label": "Naming a key, or its alias",
  "key.group": "Moving a key to another group",
  "key.resolve": "Choosing between two versions of a key",
  "client.enrol": "Letting an application in",
  "client.permit": "Letting applications in by a secret",
  "client.update": "Changing what an application may do",
  "client.revoke": "Withdrawing an application",
  "schedule.set": "Setting a schedule",
  "schedule.clear": "Ending a schedule",
  "crypto.allow": "Allowing an old algorithm",
  "backup.policy": "Changing automatic backups",
  "backup.create": "Making a backup",
  "escrow.enrol": "Naming custodians",
  "escrow.release": "Releasing a backup to custodians",
  "escrow.drill": "Trying out a restore",
  "import.begin": "Beginning an import",
  "import.commit": "Finishing an import",
  "export.wrap": "Letting keys out, wrapped",
  "domain.lock": "Locking the environment",
  "domain.unlock": "Unlocking the environment",
  "domain.set": "Changing a setting",
  "log.acceptLoss": "Accepting that entries are lost",
  "restore.accept": "Accepting a restore",
  "clock.accept": "Accepting the clock",
};

/** What a rule is for, for people: "Destroying a key". */
export function ruledActWord(act: RuledAct): string {
  return WORDS[act];
}

/** What a rule asks for, for people: "2 administrators of security, after 1 day, within 3 days". */
export function ruleText({ m, groups, noSelf, delaySec, maxTtlSec }: Quorum): string {
  const who = `${m} ${m === 1 ? "administrator" : "administrators"}`;
  const parts = [
    groups === null ? who : `${who} of ${groups.join(" or ")}`,
    ...(noSelf ? ["besides who proposed it"] : []),
    ...(delaySec > 0 ? [`waits ${durationText(delaySec)}`] : []),
    `a request lasts ${durationText(maxTtlSec)}`,
  ];
  return parts.join(", ");
}

/** A length of time in its largest unit that fits it: "1 day", "90 minutes". */
export function durationText(seconds: number): string {
  const units: readonly [number, string][] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ];
  const [size, name] = units.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [1, "second"];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** One rule before and after a change; null where there was or is none of its own, and the rule "*" counts. */
export interface ChangedRule {
  readonly act: RuledAct;
  readonly before: string;
  readonly after: string;
  /** Whether fewer people, a shorter wait or a longer life is asked for, or other groups. */
  readonly loosens: boolean;
}

/** Every act that needs something else than before, also by the rule "*". */
export function changedRules(old: Pick<Roster, "policy">, next: Pick<Roster, "policy">): readonly ChangedRule[] {
  const acts = [...new Set([...old.policy, ...next.policy].map(({ act }) => act))];
  return acts.flatMap((act): ChangedRule[] => {
    const [before, after] = [quorumOfRule(old, act), quorumOfRule(next, act)];
    const [was, is] = [ruleText(before), ruleText(after)];
    return was === is ? [] : [{ act, before: was, after: is, loosens: loosens(before, after) }];
  });
}

function quorumOfRule(roster: Pick<Roster, "policy">, act: RuledAct): Quorum {
  if (act !== "*") return quorumFor(roster, act);
  const rule = roster.policy.find((each) => each.act === "*");
  return rule === undefined ? quorumFor(roster, "key.create") : quorumOf(rule);
}

function loosens(before: Quorum, after: Quorum): boolean {
  return (
    after.m < before.m ||
    after.delaySec < before.delaySec ||
    after.maxTtlSec > before.maxTtlSec ||
    (before.noSelf && !after.noSelf) ||
    JSON.stringify(before.groups) !== JSON.stringify(after.groups)
  );
}
