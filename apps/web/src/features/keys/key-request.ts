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

/** The request for another name of a key. */
export function renameRequest(record: KeyRecord, label: string): ProposalRequest {
  return {
    act: "key.label",
    target: targetOf(record),
    args: { label: label.trim().normalize("NFC") },
    expect: expectedOf(record),
  };
}

function targetOf({ id, label, group }: KeyRecord) {
  return { kind: "key", keyId: id, label, group } as const;
}

function expectedOf({ headLeaf, state, current }: KeyRecord) {
  return { head: headLeaf, state, version: current } as const;
}
