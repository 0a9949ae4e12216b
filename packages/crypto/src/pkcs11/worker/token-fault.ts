import { CryptoError } from "../../errors.ts";
import { HsmError, type HsmErrorCode } from "../hsm-error.ts";

/** Return values after which a new session is what is needed. */
const SESSION: ReadonlySet<number> = new Set([
  0xb0, // CKR_SESSION_CLOSED
  0xb3, // CKR_SESSION_HANDLE_INVALID
  0x101, // CKR_USER_NOT_LOGGED_IN
  0x60, // CKR_KEY_HANDLE_INVALID
  0x82, // CKR_OBJECT_HANDLE_INVALID
  0x90, // CKR_OPERATION_ACTIVE: left behind by a call that failed
]);
/** Return values after which the token has to be looked for. */
const GONE: ReadonlySet<number> = new Set([
  0x03, // CKR_SLOT_ID_INVALID
  0x32, // CKR_DEVICE_REMOVED
  0xe0, // CKR_TOKEN_NOT_PRESENT
  0xe1, // CKR_TOKEN_NOT_RECOGNIZED
  0x190, // CKR_CRYPTOKI_NOT_INITIALIZED
]);
/** Return values that say nothing: the token itself tells whether it is still there. */
const UNCLEAR: ReadonlySet<number> = new Set([
  0x05, // CKR_GENERAL_ERROR
  0x06, // CKR_FUNCTION_FAILED
  0x30, // CKR_DEVICE_ERROR
  0x31, // CKR_DEVICE_MEMORY
]);

const CODES: ReadonlyMap<number, HsmErrorCode> = new Map([
  [0x63, "E_HSM_KEY"], // CKR_KEY_TYPE_INCONSISTENT
  [0x68, "E_HSM_KEY"], // CKR_KEY_FUNCTION_NOT_PERMITTED
  [0x70, "E_HSM_MECHANISM"], // CKR_MECHANISM_INVALID
  [0x71, "E_HSM_MECHANISM"], // CKR_MECHANISM_PARAM_INVALID
  [0x54, "E_HSM_MECHANISM"], // CKR_FUNCTION_NOT_SUPPORTED
  [0xa0, "E_HSM_PIN"], // CKR_PIN_INCORRECT
  [0xa1, "E_HSM_PIN"], // CKR_PIN_INVALID
  [0xa2, "E_HSM_PIN"], // CKR_PIN_LEN_RANGE
  [0xa3, "E_HSM_PIN_LOCKED"], // CKR_PIN_EXPIRED
  [0xa4, "E_HSM_PIN_LOCKED"], // CKR_PIN_LOCKED
  [0x102, "E_HSM_PIN_LOCKED"], // CKR_USER_PIN_NOT_INITIALIZED
]);

/** CKR_ of what the native binding threw; null for anything else. */
export function returnValueOf(cause: unknown): number | null {
  const { name, code } = (typeof cause === "object" && cause !== null ? cause : {}) as Record<string, unknown>;
  return (name === "Pkcs11Error" || name === "NativeError") && typeof code === "number" && code > 0 ? code : null;
}

/** What is to be done about a failure. */
export type Remedy = "session" | "gone" | "unclear" | "none";

export function remedyOf(cause: unknown): Remedy {
  const value = returnValueOf(cause);
  if (value === null) return "none";
  if (SESSION.has(value)) return "session";
  if (GONE.has(value)) return "gone";
  return UNCLEAR.has(value) ? "unclear" : "none";
}

/** The refusal for what the binding threw; ours stay as they are. */
export function asRefusal(cause: unknown): CryptoError {
  if (cause instanceof CryptoError) return cause;
  const value = returnValueOf(cause);
  if (value === null) return new HsmError("E_HSM_FAULT");
  const { message, method } = cause as { message?: unknown; method?: unknown };
  const name =
    typeof message === "string" && /^CKR_[A-Z0-9_]{1,64}$/.test(message) ? message : `0x${value.toString(16)}`;
  const detail = { ckr: name, ...(typeof method === "string" && method !== "" ? { call: method } : {}) };
  const remedy = remedyOf(cause);
  const code = CODES.get(value) ?? (remedy === "gone" || remedy === "session" ? "E_HSM_GONE" : "E_HSM_FAULT");
  return new HsmError(code, undefined, detail);
}

/** Return values of a decryption or unwrapping that say that the data do not open. */
const UNOPENED: ReadonlySet<number> = new Set([
  0x05, // CKR_GENERAL_ERROR, of a token that is there
  0x06, // CKR_FUNCTION_FAILED
  0x07, // CKR_ARGUMENTS_BAD
  0x20, // CKR_DATA_INVALID
  0x21, // CKR_DATA_LEN_RANGE
  0x40, // CKR_ENCRYPTED_DATA_INVALID
  0x41, // CKR_ENCRYPTED_DATA_LEN_RANGE
  0x42, // CKR_AEAD_DECRYPT_FAILED
  0xc0, // CKR_SIGNATURE_INVALID
  0x110, // CKR_WRAPPED_KEY_INVALID
  0x112, // CKR_WRAPPED_KEY_LEN_RANGE
  0x62, // CKR_KEY_SIZE_RANGE
]);

/** Whether a failed decryption is a matter of its data. */
export function isUnopened(cause: unknown): boolean {
  const value = returnValueOf(cause);
  return value !== null && UNOPENED.has(value);
}
