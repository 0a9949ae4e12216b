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
