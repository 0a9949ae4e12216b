import { type KeyOperation, type UseRefusal, useRefusal } from "@holdfast/protocol";
import type { KeyRecord } from "../keystore/records.ts";
import { OperationError } from "./errors.ts";

/** A version that is not there is what a made-up ciphertext names, once the key itself may be used. */
export function versionError(key: KeyRecord, operation: KeyOperation): OperationError {
  const whole = { state: key.state, dates: {}, version: { state: key.state, createdAt: 0 } };
  const refusal = useRefusal(whole, operation, 0);
  return refusal === null ? new OperationError("E_DECRYPT") : lifeError(key, refusal);
}

/** What is said of a key whose life does not permit an operation. */
const LIFE_SENTENCES: Readonly<Record<UseRefusal["why"], string | undefined>> = {
  archived: undefined,
  state: undefined,
  suspended: "The key was suspended before it was retired or exposed; it opens nothing until it is resumed.",
  "process-start": "The key processes nothing yet.",
  "protect-stop": "The key protects nothing any more.",
  "originator-period": "The originator-usage period of this version is over; it protects nothing until it is rotated.",
  "recipient-period": "The recipient-usage period of this version is over; it opens nothing any more.",
};

/** The refusal of a key whose life does not permit an operation. */
export function lifeError(key: KeyRecord, refusal: UseRefusal): OperationError {
  const { why } = refusal;
  if (why === "archived") return new OperationError("E_KEY_ARCHIVED", undefined, { keyId: key.id });
  const detail = why === "state" ? { state: refusal.state } : { state: key.state, [DETAIL[why]]: refusal.at };
  return new OperationError("E_KEY_STATE", LIFE_SENTENCES[why], { keyId: key.id, ...detail });
}

const DETAIL = {
  suspended: "suspended",
  "process-start": "processStart",
  "protect-stop": "protectStop",
  "originator-period": "originatorEnd",
  "recipient-period": "recipientEnd",
} as const;
