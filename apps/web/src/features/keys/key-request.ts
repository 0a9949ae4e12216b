import type { ScheduledDeed } from "@holdfast/protocol";
import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";
import type { KeyAction } from "./act-consequences.ts";
import type { KeyRecord } from "./key-row.ts";

const TIGHTENING = ["key.suspend", "key.deactivate", "key.compromise"];

/** The request for an action on a key. A loosening one says which state it was decided on, so that an overtaken one is refused. */
export function keyRequest(action: KeyAction, record: KeyRecord): ProposalRequest {
  return {
    act: action.act,
    target: targetOf(record),
    args: {},
    ...(TIGHTENING.includes(action.act) ? {} : { expect: expectedOf(record) }),
  };
}

/** The request for another name of a key, and another alias or none where that changes. @param alias - Empty for none. */
export function renameRequest(record: KeyRecord, label: string, alias: string): ProposalRequest {
  const name = { label: label.trim().normalize("NFC") };
  const [was, wanted] = [record.alias ?? "", alias.trim()];
  const names = wanted === was ? {} : wanted === "" ? ({ unalias: true } as const) : { alias: wanted };
  return { act: "key.label", target: targetOf(record), args: { ...name, ...names }, expect: expectedOf(record) };
}

/** The request to move a key to another group, and so under other grants. */
export function groupRequest(record: KeyRecord, group: string): ProposalRequest {
  return { act: "key.group", target: targetOf(record), args: { group }, expect: expectedOf(record) };
}

/** What a person asks of a schedule, in seconds. */
export interface ScheduleWish {
  readonly does: ScheduledDeed;
  readonly everySec: number;
  readonly unusedSec?: number;
}

/** The request for a schedule of a key. */
export function scheduleRequest(record: KeyRecord, { does, everySec, unusedSec }: ScheduleWish): ProposalRequest {
  const args = { does, everySec, ...(unusedSec === undefined ? {} : { unusedSec }) };
  return { act: "schedule.set", target: targetOf(record), args, expect: expectedOf(record) };
}

/** The request to end one. */
export function scheduleEndRequest(record: KeyRecord, does: ScheduledDeed): ProposalRequest {
  return { act: "schedule.clear", target: targetOf(record), args: { does } };
}

function targetOf({ id, label, group }: KeyRecord) {
  return { kind: "key", keyId: id, label, group } as const;
}

function expectedOf({ headLeaf, state, current }: KeyRecord) {
  return { head: headLeaf, state, version: current } as const;
}
