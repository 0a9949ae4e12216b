import type { ProtocolErrorCode } from "./errors.ts";

/** Why an agent refuses a command, a link or a request. The first group this package throws itself. */
export type AdmissionErrorCode =
  | ProtocolErrorCode
  | "E_AMBIGUOUS"
  | "E_BUILD"
  | "E_CANCELLED"
  | "E_CLAIM"
  | "E_CLOCK"
  | "E_DECRYPT"
  | "E_DELAY"
  | "E_ESCROW_SHARE"
  | "E_ESCROW_TARGET"
  | "E_HANDOVER"
  | "E_IMPORT_KEY"
  | "E_IMPORT_OPEN"
  | "E_IMPORT_WEAK"
  | "E_KEY_HELD"
  | "E_LINK_PROOF"
  | "E_LOCAL_ADMIN"
  | "E_LOCAL_DENY"
  | "E_LOCKED"
  | "E_LOG_CORRUPT"
  | "E_LOG_ROLLBACK"
  | "E_NOT_EXTRACTABLE"
  | "E_PRESTATE"
  | "E_QUORUM"
  | "E_RATE"
  | "E_RECOVERING"
  | "E_REDIRECT"
  | "E_ROSTER_EXPIRED"
  | "E_ROSTER_STALE"
  | "E_SEALED"
  | "E_SELF"
  | "E_SPLIT_BRAIN"
  | "E_STATE_MAC"
  | "E_STATE_ROLLBACK"
  | "E_STORE"
  | "E_UNBACKED"
  | "E_UNCHANGED";

/** A refusal in words: what happened, and what a person can do. */
export interface ErrorText {
  readonly what: string;
  readonly next: string;
}

const PASSKEY_AGAIN = "Open the approval page at exactly the address your key server printed and approve again.";
const ASK_SENDER = "Nothing was changed. Propose it again from a current dashboard or command line.";
const REPORT =
  "Nothing was changed. If it happens again, treat it as an attempt to deceive and look into the custody log.";

/** The sentence and the next step of every code; the compiler refuses a code without them. */
export const errorText: Readonly<Record<AdmissionErrorCode, ErrorText>> = {
  E_LIMIT: { what: "It is larger than the key server takes.", next: "Split it into smaller parts." },
  E_CANON: { what: "It is not written in the one form that signed documents have.", next: REPORT },
  E_SCHEMA: { what: "It does not have the form it must have.", next: ASK_SENDER },
  E_UNSUPPORTED: {
    what: "The key server does not know this, or does not do it yet.",
    next: "Update the key server, or use another way.",
  },
  E_TENANT: { what: "It belongs to another environment.", next: "Choose the environment it was made for." },
  E_ARGS: { what: "The details do not fit what is asked for.", next: ASK_SENDER },
  E_EXPIRED: { what: "It ran out before it was approved, or is dated ahead.", next: "Propose it again." },
  E_CRED_UNKNOWN: {
    what: "An approval was made with a passkey that this environment does not know.",
    next: "Approve with a passkey that is registered here.",
  },
  E_ASSERT_CLIENTDATA: { what: "An approval was made for something else, or on another page.", next: PASSKEY_AGAIN },
  E_ASSERT_RPID: { what: "An approval was made with a passkey of another address.", next: PASSKEY_AGAIN },
  E_ASSERT_UV: {
    what: "A passkey was used without checking its person.",
    next: "Set up a PIN or fingerprint for the passkey and approve again.",
  },
  E_ASSERT_BACKUP: {
    what: "A passkey has become one that can be copied, or stopped being one.",
    next: "Approve with another passkey and have this one replaced.",
  },
  E_ASSERT_SIG: { what: "A passkey's signature does not fit.", next: PASSKEY_AGAIN },
  E_REGISTRATION: {
    what: "The new passkey cannot be read.",
    next: "Make it again with a current browser or another authenticator.",
  },
  E_SIG: { what: "A signature does not fit.", next: REPORT },
  E_COMMITMENT: { what: "A value shown beside a log entry is not the one the entry names.", next: REPORT },
  E_GENESIS: {
    what: "The environment's founding document does not hold.",
    next: "Start again with a new claim at the key server.",
  },
  E_ROSTER_SEQ: {
    what: "The change of administrators and rules does not follow the current one.",
    next: "Look at the current administrators and rules and propose the change again.",
  },
  E_ROSTER_SCHEMA: {
    what: "These administrators and rules contradict themselves.",
    next: "Correct them and propose the change again.",
  },
  E_ROSTER_THRESHOLD: {
    what: "Too few administrators, old or new, have agreed to the change.",
    next: "Ask more administrators, the added ones too, to approve.",
  },
  E_ROSTER_ATTN: {
    what: "A passkey's maker is not proved, or not one that the rules allow.",
    next: "Register a passkey of an allowed maker.",
  },
  E_EVIDENCE: {
    what: "What the machine says of the key server is missing, of another key server, or not by an allowed maker.",
    next: "Have the machine that is to be added quote over its own key server's question (`holdfast-agent join`), and add it again.",
  },
  E_ROOT: {
    what: "The root key is not sent by this environment's key servers, not to this one, or not the one that the administrators' document names.",
    next: "See that a change in force has taken that key server in (`holdfast-agent agent list`), compare the words again and have it sent anew. If it stays, keep the file and report it.",
  },
  E_VETO: {
    what: "The objection does not count against this change.",
    next: "A recovery is objected to once at its place, and not at all when every replacement key signed it; a change of the replacement keys by those that stay, where enough do; a change that only takes away by nobody.",
  },
  E_AMBIGUOUS: { what: "Several keys have this alias, in different groups.", next: "Name the key by its id." },
  E_BUILD: {
    what: "The key server's program is not the one that was published.",
    next: "Install it again from a trusted source.",
  },
  E_CANCELLED: { what: "An administrator rejected it.", next: "Talk to that administrator, then propose it again." },
  E_CHANNEL: {
    what: "An approval was given on a page that does not count for this, or not for so much at once.",
    next: "Approve on your key server's own page.",
  },
  E_CLAIM: {
    what: "The claim is unknown, used up or too old.",
    next: "Ask for a new address with `holdfast-agent claim`.",
  },
  E_CLOCK: {
    what: "The key server does not trust its clock at present.",
    next: "Set the host's clock, or have it taken as right where it is: `holdfast-agent clock accept`. Suspending, withdrawing and locking work meanwhile.",
  },
  E_DECRYPT: {
    what: "It cannot be decrypted.",
    next: "Check that ciphertext and associated data are complete and belong together.",
  },
  E_DELAY: { what: "The waiting time is not over.", next: "Wait; any administrator can cancel until then." },
  E_ESCROW_SHARE: {
    what: "A custodian's share is not the right one.",
    next: "Ask that custodian for the right share.",
  },
  E_ESCROW_TARGET: { what: "The share would go to a key server that is not the one released to.", next: REPORT },
  E_HANDOVER: {
    what: "The files were handed out already, or the time for it is over.",
    next: "Withdraw the client and enrol it anew.",
  },
  E_IMPORT_KEY: { what: "The import key is not your key server's.", next: REPORT },
  E_IMPORT_OPEN: { what: "What was imported cannot be opened.", next: "Begin the import again." },
  E_IMPORT_WEAK: {
    what: "A key that was to be imported is too weak, or is not what it is said to be.",
    next: "Leave that key out, or have its algorithm allowed first (`holdfast-agent crypto allow`); then begin the import again.",
  },
  E_INTRO: {
    what: "A newcomer's key was not introduced to the key server.",
    next: "Have the newcomer open an invitation at the key server's page.",
  },
  E_KEY_HELD: {
    what: "A client made this key or holds its material, so no schedule rotates or retires it.",
    next: "Rotate it in the product that uses it (docs/operate/lifecycle.md), and set a reminder here.",
  },
  E_LINK_PROOF: {
    what: "That this change of administrators was in force before the restore is not proved.",
    next: "Bring a report that was made after the change: `holdfast-agent restore links REPORT`.",
  },
  E_LOCAL_ADMIN: {
    what: "A local administrator approves at the key server's own socket only.",
    next: "Use the command line on that host, or replace the local administrator by a passkey.",
  },
  E_LOCAL_DENY: { what: "Rules set on the key server's host forbid this.", next: "Ask whoever runs that host." },
  E_LOCKED: {
    what: "The environment is locked against changes.",
    next: "Unlock it first. Encryption and decryption go on.",
  },
  E_LOG_CORRUPT: {
    what: "The custody log is not the one that was signed.",
    next: "Keep the disk as evidence and restore from a backup.",
  },
  E_LOG_ROLLBACK: {
    what: "The key server's state is older than what it has signed.",
    next: "Stop any copy of it. Put the newest data folder back, and start. If that is gone for good: restore a newer backup on a new folder, or have administrators give up what is lost, `holdfast-agent log accept-loss`.",
  },
  E_NOT_EXTRACTABLE: { what: "This key never leaves the key server.", next: "Use it through the key server." },
  E_PRESTATE: { what: "It changed since this was proposed.", next: "Look at what it is now and propose again." },
  E_QUORUM: { what: "Too few administrators have approved.", next: "Ask another administrator to approve." },
  E_RATE: { what: "Too many requests at once.", next: "Wait a moment and try again." },
  E_RECOVERING: {
    what: "The key server is recovering and changes nothing.",
    next: "Accept the restored state first: `holdfast-agent restore accept`.",
  },
  E_REDIRECT: {
    what: "The dashboard's server sent the key server elsewhere; it did not follow.",
    next: "Check the address of the gateway.",
  },
  E_ROSTER_EXPIRED: {
    what: "The administrators and rules have run out.",
    next: "Renew them. Encryption goes on, and suspending, withdrawing and locking work.",
  },
  E_ROSTER_STALE: { what: "It was proposed under older administrators and rules.", next: "Propose it again." },
  E_SEALED: { what: "The key server is sealed.", next: "Unseal it on its host with `holdfast-agent unseal`." },
  E_SELF: { what: "Who proposed it may not approve it.", next: "Ask another administrator to approve." },
  E_SPLIT_BRAIN: {
    what: "Two key servers went on separately from one state.",
    next: "Stop one, keep both as evidence and choose between the two versions.",
  },
  E_STATE_MAC: {
    what: "A stored record is not one that the key server wrote; it is locked.",
    next: "Restore from a backup.",
  },
  E_STATE_ROLLBACK: {
    what: "A stored record is not the newest one; it is locked.",
    next: "Restore the newest state of the store.",
  },
  E_UNBACKED: {
    what: "No backup took the new key in time.",
    next: "See `holdfast-agent backup policy` for the destination that fails. Look whether the key is there before you make another.",
  },
  E_UNCHANGED: {
    what: "It is so already: the change would change nothing.",
    next: "Nothing is to be approved. Look at what holds: `holdfast-agent roster show`, or People on the dashboard.",
  },
  E_STORE: {
    what: "The store did not confirm the change: nothing was handed out for it.",
    next: "Check the disk and whether the change stands, then try again.",
  },
};

/** The text of a code; null for one that is not of this list. */
export function findErrorText(code: string): ErrorText | null {
  return Object.hasOwn(errorText, code) ? errorText[code as AdmissionErrorCode] : null;
}
