import { CryptoError, type CryptoErrorCode } from "@holdfast/crypto";
import { ENUM, KmipError, type KmipErrorCode, resultReasonOf } from "@holdfast/kmip";
import { HoldfastError } from "@holdfast/protocol";
import { AdmissionError } from "../../admission/errors.ts";
import { StoreError } from "../../keystore/errors.ts";
import { OperationError, type OperationErrorCode } from "../../operations/errors.ts";
import { KmipRefusedError, type ReasonName } from "./refused.ts";

/** Codes of the executor and the store that a client can meet. */
type InnerCode = "E_LOCKED" | "E_RECOVERING" | "E_PRESTATE" | "E_STORE" | "E_UNBACKED";

/**
 * What each refusal is in KMIP, in the newest words; the encoder gives older versions the nearest that they have.
 *
 * An object that the client does not see is Object Not Found like one that does not exist, and whatever is wrong with a
 * ciphertext is Cryptographic Failure.
 */
const REASONS: Readonly<Record<OperationErrorCode | InnerCode | CryptoErrorCode, ReasonName>> = {
  E_CLIENT: "AuthenticationNotSuccessful",
  E_CLIENT_REVOKED: "AuthenticationNotSuccessful",
  E_CLIENT_EXPIRED: "AuthenticationNotSuccessful",
  E_CLIENT_UNPROVED: "AuthenticationNotSuccessful",
  E_PERMIT: "PermissionDenied",
  E_PERMIT_OVER: "PermissionDenied",
  E_GRANT: "PermissionDenied",
  E_NOT_FOUND: "ObjectNotFound",
  E_AMBIGUOUS: "ObjectNotFound",
  E_KEY_STATE: "WrongKeyLifecycleState",
  E_KEY_USAGE: "IncompatibleCryptographicUsageMask",
  E_KEY_ARCHIVED: "ObjectArchived",
  E_KEY_LIMIT: "PermissionDenied", // so the profile cases of every version, which 2.1 has Usage Limit Exceeded for too
  E_NAME_TAKEN: "NonUniqueNameAttribute",
  E_NOT_EXTRACTABLE: "NotExtractable",
  E_WRAPPING_KEY: "PermissionDenied",
  E_DECRYPT: "CryptographicFailure",
  E_INPUT: "InvalidField",
  E_RATE: "ServerLimitExceeded",
  E_SEALED: "GeneralFailure",
  E_STATE_MAC: "GeneralFailure",
  E_STATE_ROLLBACK: "GeneralFailure",
  E_LOCKED: "PermissionDenied",
  E_RECOVERING: "GeneralFailure",
  E_PRESTATE: "GeneralFailure",
  E_STORE: "GeneralFailure",
  E_UNBACKED: "GeneralFailure",
  E_CRYPTO_ALGORITHM: "UnsupportedCryptographicParameters",
  E_CRYPTO_USAGE: "IncompatibleCryptographicUsageMask",
  E_CRYPTO_INPUT: "InvalidField",
  E_CRYPTO_KEY: "InvalidField",
  E_CRYPTO_LEGACY: "UnsupportedCryptographicParameters",
  E_CRYPTO_IV: "BadCryptographicParameters",
  E_CRYPTO_LIMIT: "UsageLimitExceeded",
  E_CRYPTO_DESTROYED: "WrongKeyLifecycleState",
  E_KEK: "GeneralFailure",
  E_HSM_URI: "GeneralFailure",
  E_HSM_MODULE: "GeneralFailure",
  E_HSM_GONE: "GeneralFailure",
  E_HSM_BUSY: "GeneralFailure",
  E_HSM_PIN: "GeneralFailure",
  E_HSM_PIN_LOCKED: "GeneralFailure",
  E_HSM_TOKEN: "GeneralFailure",
  E_HSM_KEY: "GeneralFailure",
  E_HSM_MECHANISM: "UnsupportedCryptographicParameters",
  E_HSM_FAULT: "GeneralFailure",
  E_SELFTEST: "GeneralFailure",
};

/** Why an operation failed, as it is answered. */
export interface Failure {
  /** A value of `ENUM.ResultReason`. */
  readonly reason: number;
  readonly message: string;
  /** True when the cause is a fault of the agent that its log shall name. */
  readonly fault: boolean;
}

/** The answer to what was thrown; of anything that is no refusal, nothing is told but that it failed. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof KmipRefusedError)
    return { reason: ENUM.ResultReason[cause.reason], message: cause.message, fault: false };
  if (cause instanceof KmipError) return kmipFailure(cause);
  if (!isKnown(cause)) {
    const { GeneralFailure } = ENUM.ResultReason;
    return { reason: GeneralFailure, message: "The request failed inside the key server.", fault: true };
  }
  return { reason: ENUM.ResultReason[reasonOf(cause)], message: messageOf(cause), fault: false };
}

/** Only who sees an object, or names a group, is told which grant is missing: it says nothing of others' objects. */
function messageOf({ code, message, detail }: HoldfastError<keyof typeof REASONS>): string {
  const { operation } = detail;
  return code === "E_GRANT" && operation !== undefined ? `${message} Missing: ${operation}.` : message;
}

function kmipFailure(cause: KmipError): Failure {
  const code: KmipErrorCode = cause.code;
  const reason = code === "E_KMIP_VERSION" ? ENUM.ResultReason.UnsupportedProtocolVersion : resultReasonOf(code);
  return { reason, message: `${cause.message}.`, fault: code === "E_KMIP_ENCODE" };
}

function isKnown(cause: unknown): cause is HoldfastError<keyof typeof REASONS> {
  const ours =
    cause instanceof OperationError ||
    cause instanceof CryptoError ||
    cause instanceof AdmissionError ||
    cause instanceof StoreError;
  return ours && cause instanceof HoldfastError && Object.hasOwn(REASONS, cause.code);
}

function reasonOf({ code, detail }: HoldfastError<keyof typeof REASONS>): ReasonName {
  if (code === "E_KEY_STATE" && String(detail["state"]).startsWith("destroyed")) return "ObjectDestroyed";
  if (code === "E_WRAPPING_KEY" && detail["sensitive"] !== undefined) return "Sensitive";
  return REASONS[code];
}
