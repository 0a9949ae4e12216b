import { fingerprintText } from "../encoding/fingerprint.ts";
import type { Roster, RosterAgent } from "./roster.ts";
import type { RosterChangeLine } from "./roster-change-line.ts";

/** Which key servers come, go, or get another name or key. */
export function serverLines(old: Roster, next: Roster): RosterChangeLine[] {
  const find = ({ agents }: Roster, aid: string) => agents.find((one) => one.aid === aid);
  return [
    ...next.agents.flatMap((agent): RosterChangeLine[] => {
      const was = find(old, agent.aid);
      if (was !== undefined) return changedServer(was, agent);
      const proved = agent.evidence === undefined ? "" : ", with its machine's word";
      return [{ kind: "added", text: `“${agent.label}” becomes a key server (${agent.aid})${proved}.` }];
    }),
    ...old.agents
      .filter(({ aid }) => find(next, aid) === undefined)
      .map(({ aid, label }): RosterChangeLine => {
        return { kind: "removed", text: `“${label}” is no key server any more (${aid}).` };
      }),
  ];
}

/** Its id follows from the key that signs for it, which therefore stays. */
function changedServer(was: RosterAgent, { aid, label, alk, hpke, evidence }: RosterAgent): RosterChangeLine[] {
  const it = `“${label}” (${aid})`;
  const another = (what: string, before: string, after: string): RosterChangeLine[] => {
    const text = `${it} ${what} with another key: ${fingerprintText(after)}, before ${fingerprintText(before).replace("SHA-256 ", "")}.`;
    return before === after ? [] : [{ kind: "changed", text, danger: true }];
  };
  return [
    ...(was.label === label
      ? []
      : [{ kind: "changed", text: `“${was.label}” (${aid}) is called “${label}” from now on.` } as const]),
    ...another("signs the log", was.alk, alk),
    ...another("receives the root key", was.hpke, hpke),
    ...(JSON.stringify(was.evidence ?? null) === JSON.stringify(evidence ?? null)
      ? []
      : [{ kind: "changed", text: `${it} brings another word of its machine, or none.` } as const]),
  ];
}

/** Which witnesses come and go, by name and key: another may have the name of one that goes. */
export function witnessLines(old: Roster, next: Roster): RosterChangeLine[] {
  const keys = ({ witnesses }: Roster) => witnesses.map(({ name, vkey }) => `${name}\n${vkey}`);
  const without = (these: Roster, those: Roster) =>
    these.witnesses.filter(({ name, vkey }) => !keys(those).includes(`${name}\n${vkey}`));
  return [
    ...without(next, old).map(({ name, vkey }): RosterChangeLine => {
      return { kind: "added", text: `“${name}” becomes a witness of the log, with the key ${vkey}.`, danger: true };
    }),
    ...without(old, next).map(({ name, vkey }): RosterChangeLine => {
      return { kind: "removed", text: `“${name}” is no witness any more, with the key ${vkey}.` };
    }),
  ];
}

/** Another key that opens backups. */
export function backupKeyLines({ backupTo: old }: Roster, { backupTo: next }: Roster): RosterChangeLine[] {
  if (old.pub === next.pub) return [];
  const before = fingerprintText(old.pub).replace("SHA-256 ", "");
  const text = `Backups are made for another key: ${fingerprintText(next.pub)}, before ${before}. Whoever has it opens them.`;
  return [{ kind: "changed", text, danger: true }];
}
