import { HoldfastError } from "@holdfast/protocol";

/**
 * Why a client's request was refused. Part of the API: docs/operate/rest.md.
 *
 * A key that no grant of the client covers is `E_NOT_FOUND`, exactly as one that does not exist, and a ciphertext of
 * such a key is `E_DECRYPT`, exactly as one that was made up.
 */
export type OperationErrorCode =
  | "E_CLIENT"
  | "E_CLIENT_REVOKED"
  | "E_CLIENT_EXPIRED"
  | "E_CLIENT_UNPROVED"
  | "E_PERMIT"
  | "E_PERMIT_OVER"
  | "E_GRANT"
  | "E_NOT_FOUND"
  | "E_AMBIGUOUS"
  | "E_KEY_STATE"
  | "E_KEY_USAGE"
  | "E_KEY_ARCHIVED"
  | "E_KEY_LIMIT"
  | "E_NAME_TAKEN"
  | "E_NOT_EXTRACTABLE"
  | "E_WRAPPING_KEY"
  | "E_DECRYPT"
  | "E_INPUT"
  | "E_RATE"
  | "E_SEALED"
  | "E_STATE_MAC"
  | "E_STATE_ROLLBACK";

/** What happened, by code. */
export const OPERATION_SENTENCES: Readonly<Record<OperationErrorCode, string>> = {
  E_CLIENT: "The certificate is not one of a client enrolled here.",
  E_CLIENT_REVOKED: "The client was withdrawn.",
  E_CLIENT_EXPIRED: "The client's time is over.",
  E_CLIENT_UNPROVED: "Whether the certificate was revoked cannot be told now.",
  E_PERMIT: "The enrolment secret lets nobody in from here.",
  E_PERMIT_OVER: "The enrolment secret was withdrawn, is over, or has let in all that it was for.",
  E_GRANT: "No grant of the client permits this.",
  E_NOT_FOUND: "There is no such key.",
  E_AMBIGUOUS: "Several keys have this alias, in different groups.",
  E_KEY_STATE: "The key's state does not permit this.",
  E_KEY_USAGE: "The key was not made for this use.",
  E_KEY_ARCHIVED: "The object is archived.",
  E_KEY_LIMIT: "The key has protected as much as it may.",
  E_NAME_TAKEN: "Another object has this name.",
  E_NOT_EXTRACTABLE: "The key material may not leave.",
  E_WRAPPING_KEY: "The object does not leave under this wrapping key.",
  E_DECRYPT: "The ciphertext does not open.",
  E_INPUT: "A value has the wrong form or size.",
  E_RATE: "Too many requests of this kind at once.",
  E_SEALED: "The agent is sealed.",
  E_STATE_MAC: "A stored record of the object is not one that this agent wrote; the object is locked.",
  E_STATE_ROLLBACK: "A stored record of the object is not the newest one; the object is locked.",
};

/** A refusal of the one door. `detail` holds ids, states and sizes only. */
export class OperationError extends HoldfastError<OperationErrorCode> {
  readonly code: OperationErrorCode;
  override readonly retry: "never" | "later";
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: OperationErrorCode, message?: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message ?? OPERATION_SENTENCES[code]);
    this.name = "OperationError";
    this.code = code;
    this.retry = code === "E_SEALED" || code === "E_RATE" || code === "E_CLIENT_UNPROVED" ? "later" : "never";
    this.detail = detail;
  }
}
