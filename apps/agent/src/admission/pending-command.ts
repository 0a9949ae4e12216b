import { type Command, findCredential, quorumFor, wordsOf } from "@holdfast/protocol";
import type { AdmissionContext } from "./admission-context.ts";
import type { ReadEnvelope } from "./checks/read-envelope.ts";
import type { DryRun } from "./dry-run.ts";

/** A command as the agent's surfaces show it: its bytes, and everything else from the agent's own state. */
export interface PendingCommand {
  readonly hash: string;
  /** base64url of the command's bytes. */
  readonly doc: string;
  readonly command: Command;
  readonly words: readonly string[];
  readonly status: "pending" | "scheduled" | "applied" | "refused" | "cancelled" | "expired";
  readonly have: number;
  readonly need: number;
  readonly delaySec: number;
  readonly exp: number;
  /** When a scheduled command runs, Unix seconds by the running time. */
  readonly due: number | null;
  readonly approvals: readonly { readonly adm: string; readonly label: string; readonly at: number }[];
  readonly dryRun: DryRun;
  /** What was introduced for it, base64url. */
  readonly intros: readonly string[];
}

/** A command that waits, in short. */
export interface WaitingCommand {
  readonly hash: string;
  readonly command: Command;
  /** When it runs, Unix seconds by the running time; null while it waits for approvals. */
  readonly due: number | null;
  /** Whether it came by the mailbox and nobody has approved it. */
  readonly unsigned: boolean;
}

interface Described {
  readonly read: ReadEnvelope;
  readonly status: PendingCommand["status"];
  readonly context: Pick<AdmissionContext, "rosters">;
  readonly approvedAt: readonly number[];
  readonly due: number | null;
  readonly dryRun?: DryRun;
}

/** Describes a command by its bytes and the roster in force. */
export function describePending({ read, status, context, approvedAt, due, dryRun }: Described): PendingCommand {
  const { hash, envelope, command } = read;
  const { roster } = context.rosters.current();
  const { m, delaySec } = quorumFor(roster, command.act);
  const approvals = envelope.approvals.flatMap(({ credId, decision }, index) => {
    const found = decision === 1 ? findCredential(roster, credId) : null;
    if (!found) return [];
    const { adm, label } = found.administrator;
    return [{ adm, label, at: approvedAt[index] ?? 0 }];
  });
  return {
    hash,
    doc: envelope.doc,
    command,
    words: wordsOf(hash),
    status,
    have: new Set(approvals.map(({ adm }) => adm)).size,
    need: m,
    delaySec,
    exp: command.exp,
    due,
    approvals,
    dryRun: dryRun ?? { ok: false },
    intros: envelope.intros ?? [],
  };
}
