import { AdmissionError } from "../admission/errors.ts";
import type { PendingLink } from "./describe-link.ts";

/** Who can end a link that waits by a no, and how; or that nobody can, and what is left. */
export interface StopWords {
  readonly what: string;
  readonly next: string;
}

/** What a person is told who wants to stop a link. Never that it can be stopped where no objection counts. */
export function whoStops({
  hash,
  kind,
  status,
  mayObject,
}: Pick<PendingLink, "hash" | "kind" | "status" | "mayObject">): StopWords {
  if (kind === "recover" && status === "pending")
    return {
      what: "A recovery that waits for signatures cannot be stopped; it can once its delay runs, unless every replacement key signed it.",
      next: "`holdfast-agent recover status` shows who signed it, and until when it waits. docs/operate/lost-passkey.md.",
    };
  if (kind === "recover" && mayObject)
    return {
      what: "Whoever still has a passkey of this environment can stop it, once.",
      next: `Do it at the key server's page, /recover#${hash}. docs/operate/lost-passkey.md says what to have ready before.`,
    };
  if (kind === "recover")
    return {
      what: "Nobody can stop it: every replacement key signed it, or a recovery was stopped at this place before.",
      next: "Until it is in force today's passkeys decide on keys as before, and `holdfast-agent recover status` shows when. If it is not yours: docs/operate/lost-passkey.md.",
    };
  if (mayObject)
    return { what: "Any administrator can stop it.", next: `\`holdfast-agent roster cancel ${hash}\` says where.` };
  return {
    what: "A change that only takes away cannot be stopped.",
    next: "Without enough approvals it expires by itself: `holdfast-agent roster list` shows when.",
  };
}

/** Why nothing else is taken for the place of a recovery whose delay runs; it names the recovery and who can stop it. */
export function takenByRecovery(
  recovery: Pick<PendingLink, "hash" | "kind" | "status" | "mayObject" | "due">,
): AdmissionError {
  const { what, next } = whoStops(recovery);
  const until = recovery.due === null ? "" : ` until ${new Date(recovery.due * 1000).toISOString().slice(0, 16)}Z`;
  return new AdmissionError(
    "E_ROSTER_SEQ",
    `A recovery by replacement keys waits its delay${until} (${recovery.hash}), and no other change of administrators and rules is taken before. ${what}`,
    { recovery: recovery.hash },
    `Propose it again when the recovery is in force or was stopped. ${next}`,
  );
}
