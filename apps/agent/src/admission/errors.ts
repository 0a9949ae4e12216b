import { HoldfastError } from "@holdfast/protocol";

/** Why a command was not admitted. Part of the API: stable, documented in docs/spec/errors.md. */
export type AdmissionErrorCode =
  | "E_SCHEMA"
  | "E_LIMIT"
  | "E_CANON"
  | "E_UNSUPPORTED"
  | "E_TENANT"
  | "E_EXPIRED"
  | "E_CLOCK"
  | "E_ROSTER_STALE"
  | "E_ROSTER_EXPIRED"
  | "E_LOCKED"
  | "E_RECOVERING"
  | "E_ARGS"
  | "E_INTRO"
  | "E_CRED_UNKNOWN"
  | "E_ASSERT_CLIENTDATA"
  | "E_ASSERT_RPID"
  | "E_ASSERT_UV"
  | "E_ASSERT_BACKUP"
  | "E_ASSERT_SIG"
  | "E_QUORUM"
  | "E_CHANNEL"
  | "E_SELF"
  | "E_CANCELLED"
  | "E_PRESTATE"
  | "E_LOCAL_DENY"
  | "E_LOCAL_ADMIN"
  | "E_DELAY"
  | "E_STATE_MAC"
  | "E_STATE_ROLLBACK"
  | "E_SEALED"
  | "E_STORE";

const SENTENCES: Readonly<Record<AdmissionErrorCode, string>> = {
  E_SCHEMA: "The document has not the form it must have.",
  E_LIMIT: "The document, or what it asks for, is too large.",
  E_CANON: "The document is not in canonical form.",
  E_UNSUPPORTED: "This agent does not know that act or version.",
  E_TENANT: "The document belongs to another domain.",
  E_EXPIRED: "The command is past its time, or dated ahead.",
  E_CLOCK: "The agent's clock is not believed at present.",
  E_ROSTER_STALE: "The command names an older roster than the current one.",
  E_ROSTER_EXPIRED: "The roster has expired; only tightening acts and renewals are taken.",
  E_LOCKED: "The domain is locked.",
  E_RECOVERING: "The agent is recovering and changes nothing.",
  E_ARGS: "The command's arguments do not fit the act.",
  E_INTRO: "A newcomer's key was not introduced to this agent.",
  E_CRED_UNKNOWN: "An approval is by a credential that is not in the roster.",
  E_ASSERT_CLIENTDATA: "An approval was made for something else, or elsewhere.",
  E_ASSERT_RPID: "An approval was made for another site.",
  E_ASSERT_UV: "An approval was made without user verification.",
  E_ASSERT_BACKUP: "A credential's backup eligibility changed.",
  E_ASSERT_SIG: "An approval's signature does not verify.",
  E_QUORUM: "Too few administrators have approved.",
  E_CHANNEL: "An approval came over a channel that does not count for this act.",
  E_SELF: "The proposer's own approval does not count.",
  E_CANCELLED: "An administrator rejected or cancelled the command.",
  E_PRESTATE: "The object is not as the command expects.",
  E_LOCAL_DENY: "This host's own rules refuse the act.",
  E_LOCAL_ADMIN: "A local administrator approves only at the agent's own socket.",
  E_DELAY: "The act's delay has not passed.",
  E_STATE_MAC: "A stored row of the object is not one that this agent wrote.",
  E_STATE_ROLLBACK: "A stored row of the object is not the newest one.",
  E_SEALED: "The agent is sealed.",
  E_STORE: "The store did not take the change; nothing was changed.",
};

/** What a person can do about a refusal: the `next` of answers and problem documents. */
const NEXT: Partial<Record<AdmissionErrorCode, string>> = {
  E_EXPIRED: "Propose it again.",
  E_CLOCK: "Set the host's clock, then restart the agent. Suspending, revoking and locking work meanwhile.",
  E_ROSTER_STALE: "Propose it again.",
  E_LOCKED: "Unlock the domain first.",
  E_RECOVERING: "Approve restore.accept first.",
  E_QUORUM: "Ask another administrator to approve.",
  E_PRESTATE: "Look at the object's present state and propose again.",
  E_STORE: "Check the disk, then try again.",
};

/** A refusal by admission or by an act. `detail` holds ids, sizes and expected and actual states. */
export class AdmissionError extends HoldfastError<AdmissionErrorCode> {
  readonly code: AdmissionErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: AdmissionErrorCode, message?: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message ?? SENTENCES[code]);
    this.name = "AdmissionError";
    this.code = code;
    this.detail = detail;
  }
}

/** What happened and what to do next, in words, for any code of admission. */
export function explainRefusal(code: string): { what: string; next: string } {
  const known = Object.hasOwn(SENTENCES, code) ? (code as AdmissionErrorCode) : null;
  return {
    what: known ? SENTENCES[known] : "The command was refused.",
    next: (known && NEXT[known]) ?? "See the custody log.",
  };
}
