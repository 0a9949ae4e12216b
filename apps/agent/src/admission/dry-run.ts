import { HoldfastError } from "@holdfast/protocol";
import type { AdmissionContext } from "./admission-context.ts";
import { checkHost } from "./checks/check-host.ts";
import { checkIntroductions } from "./checks/check-introductions.ts";
import { checkPrestate } from "./checks/check-prestate.ts";
import { checkRosterAndDomain } from "./checks/check-roster.ts";
import { checkTenant } from "./checks/check-tenant.ts";
import { checkTime } from "./checks/check-time.ts";
import type { ReadEnvelope } from "./checks/read-envelope.ts";
import { AdmissionError, explainRefusal } from "./errors.ts";

/** What would happen if the last approval came now. */
export interface DryRun {
  readonly ok: boolean;
  readonly code?: string;
  readonly what?: string;
  readonly next?: string;
}

/** Runs every check but those of approvals, and the act itself without writing anything. */
export function dryRun(read: ReadEnvelope, context: AdmissionContext): DryRun {
  const { command, hash } = read;
  try {
    checkTenant(command, context.tid);
    checkTime(command, context);
    checkRosterAndDomain(command, context, false);
    const introduced = checkIntroductions(read, context, false);
    checkPrestate(command, hash, context);
    checkHost(command, context.deniedActs);
    if (command.act !== "client.enrol") {
      const issued = command.act === "client.permit" ? context.issuer.issuePermit() : null;
      context.executor.preview({ command, hash, issued, prepared: null, introduced });
    }
    return { ok: true };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const next = (error instanceof AdmissionError ? error.next : undefined) ?? explainRefusal(error.code).next;
    return { ok: false, code: error.code, what: error.message, next };
  }
}
