import type { DbErrorCode } from "@holdfast/db";
import { type NoticeErrorCode, noticeErrorText } from "@holdfast/notices";
import { type AdmissionErrorCode, errorText } from "@holdfast/protocol";
import type { TlogErrorCode } from "@holdfast/tlog";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import type { WebErrorCode } from "../web-error.ts";

/** An error as a person reads it, and the HTTP meaning it has. */
export interface ErrorMeaning {
  readonly trpc: TRPC_ERROR_CODE_KEY;
  readonly what: string;
  readonly next: string;
}

type OwnCode = WebErrorCode | DbErrorCode | Exclude<TlogErrorCode, AdmissionErrorCode>;

const TELL = "Try again; if it stays so, pass the code on to whoever runs the dashboard.";

/** Every code of this server, of the database and of the log. The compiler refuses a new code without its words. */
const OWN: Readonly<Record<OwnCode, ErrorMeaning>> = {
  BAD_INPUT: {
    trpc: "BAD_REQUEST",
    what: "The dashboard's server did not understand the request.",
    next: "Reload the page and try again.",
  },
  CEREMONY: {
    trpc: "BAD_REQUEST",
    what: "This sign-in took too long, or was begun in another window.",
    next: "Begin again.",
  },
  CONFIGURATION: {
    trpc: "INTERNAL_SERVER_ERROR",
    what: "The dashboard's server is not set up completely.",
    next: "Whoever runs it finds the missing setting in its log.",
  },
  CROSS_SITE: {
    trpc: "FORBIDDEN",
    what: "The request did not come from this dashboard.",
    next: "Open the dashboard at its own address.",
  },
  FORBIDDEN: {
    trpc: "FORBIDDEN",
    what: "Your role in this organisation does not include that.",
    next: "Ask an owner or administrator of it.",
  },
  LAST_PASSKEY: {
    trpc: "CONFLICT",
    what: "This is your only passkey; without it you could not sign in.",
    next: "Add another one first.",
  },
  MAILBOX_FULL: {
    trpc: "TOO_MANY_REQUESTS",
    what: "Too many requests of this organisation wait already.",
    next: "Have them approved, or withdraw them first.",
  },
  METHOD: { trpc: "METHOD_NOT_SUPPORTED", what: "That cannot be asked in this way.", next: "Reload the page." },
  MEDIA_TYPE: { trpc: "UNSUPPORTED_MEDIA_TYPE", what: "Only JSON is understood here.", next: "Reload the page." },
  NAME_TAKEN: { trpc: "CONFLICT", what: "That name is taken.", next: "Choose another name." },
  NO_GATEWAY: {
    trpc: "PRECONDITION_FAILED",
    what: "The gateway for key servers has not started yet.",
    next: "Wait a moment; then look whether it runs.",
  },
  NOTICES_OFF: {
    trpc: "PRECONDITION_FAILED",
    what: "Whoever runs this dashboard has not set up notices of this kind.",
    next: "Ask them to (docs/operate/notices.md), or have your key server send them itself.",
  },
  NOTICE_CODE: {
    trpc: "BAD_REQUEST",
    what: "That is not the code, or it was tried too often.",
    next: "Look at the newest mail; after five tries remove the address and add it anew.",
  },
  NOTICE_TARGET: {
    trpc: "BAD_REQUEST",
    what: "That is no address that notices can be sent to.",
    next: "Give an https address without name and password in it, or one plain mail address.",
  },
  NOT_FOUND: { trpc: "NOT_FOUND", what: "There is nothing here that you may see.", next: "Check the address." },
  NOT_LINKED: {
    trpc: "PRECONDITION_FAILED",
    what: "No key server is connected to this environment.",
    next: "Connect your key server first.",
  },
  NOT_OPEN: {
    trpc: "CONFLICT",
    what: "This request is decided, or an administrator has begun to approve it.",
    next: "Reject it on your key server's page instead.",
  },
  PASSKEY: {
    trpc: "BAD_REQUEST",
    what: "That passkey was not accepted.",
    next: "Use a passkey that was made for this dashboard, at this address. If the dashboard is new, or lost its database, create an account: your keys are on your key server, not here.",
  },
  RATE: { trpc: "TOO_MANY_REQUESTS", what: "Too many tries in a short time.", next: "Wait a few minutes." },
  STEP_UP: {
    trpc: "FORBIDDEN",
    what: "For this you have to show your passkey again.",
    next: "Confirm with your passkey.",
  },
  TOO_LARGE: { trpc: "PAYLOAD_TOO_LARGE", what: "That is more than is taken at once.", next: "Split it." },
  UNAUTHORIZED: { trpc: "UNAUTHORIZED", what: "You are not signed in.", next: "Sign in with your passkey." },
  UNEXPECTED: { trpc: "INTERNAL_SERVER_ERROR", what: "Something went wrong in the dashboard's server.", next: TELL },
  DB_MIGRATION_CHANGED: { trpc: "INTERNAL_SERVER_ERROR", what: "The database is not the expected one.", next: TELL },
  DB_NEWER: { trpc: "INTERNAL_SERVER_ERROR", what: "The database was made by a newer version.", next: TELL },
  DB_ROLE: { trpc: "INTERNAL_SERVER_ERROR", what: "The database is not set up safely.", next: TELL },
  DB_TENANT: { trpc: "NOT_FOUND", what: "There is nothing here that you may see.", next: "Check the address." },
  V_MALFORMED: { trpc: "BAD_REQUEST", what: "There is no such place in the log.", next: "Reload the page." },
  V_INCLUSION: { trpc: "INTERNAL_SERVER_ERROR", what: "The entry cannot be proved.", next: TELL },
  V_CONSISTENCY: { trpc: "INTERNAL_SERVER_ERROR", what: "The log cannot be proved to have grown.", next: TELL },
  V_ROOT: { trpc: "INTERNAL_SERVER_ERROR", what: "The log's head does not fit its entries.", next: TELL },
  V_SIGNATURE: { trpc: "INTERNAL_SERVER_ERROR", what: "The log's head is not signed as it must be.", next: TELL },
  V_STALE: { trpc: "CONFLICT", what: "The log has grown meanwhile.", next: "Reload the page." },
  W_EQUIVOCATION: {
    trpc: "CONFLICT",
    what: "The log shows two histories.",
    next: "Approve nothing until you know why.",
  },
  W_UNAVAILABLE: { trpc: "CONFLICT", what: "No witness has seen this head.", next: "Wait a minute and reload." },
};

/** What a code means; a code of the protocol has its words there. */
export function errorMeaning(code: string): ErrorMeaning {
  if (Object.hasOwn(OWN, code)) return OWN[code as OwnCode];
  if (Object.hasOwn(errorText, code)) return { trpc: "BAD_REQUEST", ...errorText[code as AdmissionErrorCode] };
  if (Object.hasOwn(noticeErrorText, code)) return { trpc: "BAD_REQUEST", ...noticeErrorText[code as NoticeErrorCode] };
  return OWN.UNEXPECTED;
}
