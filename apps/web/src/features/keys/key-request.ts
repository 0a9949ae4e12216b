import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";
import type { KeyAction } from "./act-consequences.ts";
import type { KeyRecord } from "./key-row.ts";

const TIGHTENING = ["key.suspend", "key.deactivate", "key.compromise"];

/** The request for an action on a key. A loosening one says which state it was decided on, so that an overtaken one is refused. */
export function keyRequest(action: KeyAction, record: KeyRecord): ProposalRequest {
  return {
    act: action.act,
    target: { kind: "key", keyId: record.id, label: record.label, group: record.group },
    args: {},
    ...(TIGHTENING.includes(action.act)
      ? {}
      : { expect: { head: record.headLeaf, state: record.state, version: record.current } }),
  };
}
