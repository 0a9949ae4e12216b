/**
 * The base of every error Holdfast raises on purpose.
 *
 * Callers decide by `code`, never by message. Nothing secret may be put in the message or in `detail`; `cause` stays
 * in the process and is never serialised.
 *
 * @see docs/spec/errors.md
 */
export abstract class HoldfastError<Code extends string> extends Error {
  /** Stable and documented: part of the API. */
  abstract readonly code: Code;
  /** Whether the same request may succeed later, or after the caller has read the current state again. */
  readonly retry: "never" | "later" | "after-refresh" = "never";
  /** Public facts only: ids, sizes, expected and actual values. */
  readonly detail: Readonly<Record<string, string | number>> = {};
}

/** Every code that this package itself can throw. Each has an accepted and a just-not-accepted case in `vectors/`. */
export const PROTOCOL_ERROR_CODES = [
  "E_LIMIT",
  "E_CANON",
  "E_SCHEMA",
  "E_UNSUPPORTED",
  "E_TENANT",
  "E_ARGS",
  "E_INTRO",
  "E_EXPIRED",
  "E_CHANNEL",
  "E_CRED_UNKNOWN",
  "E_ASSERT_CLIENTDATA",
  "E_ASSERT_RPID",
  "E_ASSERT_UV",
  "E_ASSERT_BACKUP",
  "E_ASSERT_SIG",
  "E_REGISTRATION",
  "E_SIG",
  "E_COMMITMENT",
  "E_GENESIS",
  "E_ROSTER_SEQ",
  "E_ROSTER_SCHEMA",
  "E_ROSTER_THRESHOLD",
  "E_ROSTER_ATTN",
  "E_EVIDENCE",
  "E_ROOT",
  "E_VETO",
] as const;

export type ProtocolErrorCode = (typeof PROTOCOL_ERROR_CODES)[number];

/** A document, signature or link that this package refuses. `detail` names the place, never content. */
export class ProtocolError extends HoldfastError<ProtocolErrorCode> {
  readonly code: ProtocolErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: ProtocolErrorCode, message: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
    this.detail = detail;
  }
}
