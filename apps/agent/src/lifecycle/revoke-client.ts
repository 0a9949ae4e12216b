import type { ArgsOf } from "@holdfast/protocol";
import type { ClientRecord } from "../keystore/records.ts";
import { type ActInput, targetClient } from "./act.ts";
import type { ClientEffect } from "./effect.ts";

/**
 * client.revoke: the client serves no more, at once; nothing brings the same identity back. A permit lets nobody in any
 * more, and with `issued` everybody who came by it goes too.
 */
export function revokeClient(input: ActInput): ClientEffect[] {
  const { issued } = input.command.args as ArgsOf<"client.revoke">;
  const target = targetClient(input);
  const followers = issued === true ? [...input.keystore.clients()].filter((each) => isActiveBy(each, target.id)) : [];
  return [target, ...followers].map((before) => ({ on: "client", before, after: revoked(before, input.now) }));
}

function isActiveBy({ auth, state, locked }: ClientRecord, permit: string): boolean {
  return auth.permit === permit && state === "active" && locked === null;
}

function revoked(before: ClientRecord, now: number): ClientRecord {
  return before.state === "revoked" ? before : { ...before, state: "revoked", revokedAt: now };
}
