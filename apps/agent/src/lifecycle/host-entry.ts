import type { NewLeaf } from "../custody-log/leaf.ts";

/** Entries about the agent itself. */
export type HostEvent =
  | "agent.start"
  | "agent.unseal"
  | "agent.seal"
  | "agent.link"
  | "agent.rekey"
  | "root.send"
  | "kek.create"
  | "kek.retire"
  | "backup"
  | "drill"
  | "restore"
  | "backup.failed"
  | "report"
  | "attest";

/** Use of one key by one client in one minute. */
export interface UseRow {
  readonly keyId: string;
  readonly clientId: string;
  /** Unix time in minutes. */
  readonly minute: number;
  readonly ops: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** Merkle root of the minute's local detail file, base64url. */
  readonly root: string;
}

/** An entry about the agent `aid`, to be appended. */
export function hostEntry(aid: string, kind: HostEvent, data: Readonly<Record<string, unknown>>): NewLeaf {
  return { kind, subject: aid, actor: { kind: "agent" }, cause: { kind: "host" }, data };
}

/** The entry of a minute's use, to be appended. */
export function useEntry({ keyId, clientId, minute, ops, bytes, root }: UseRow): NewLeaf {
  return {
    kind: "use",
    subject: keyId,
    actor: { kind: "client", id: clientId },
    cause: { kind: "request" },
    data: { minute, ops, bytes, root },
  };
}
