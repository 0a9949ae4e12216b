/** Steps of applying a command at which {@link faultPoint} can end the process, in order. */
export const FAULT_POINTS = [
  "admission:before-transaction",
  "executor:begun",
  "executor:after-rows",
  "executor:after-leaves",
  "executor:after-receipt",
  "executor:committed",
  "executor:before-checkpoint",
  "executor:after-checkpoint",
] as const;

/** Steps of bringing material under a new key-encryption key, in order. */
export const KEK_FAULT_POINTS = [
  "kek:before-commit",
  "kek:made",
  "kek:batch-rows",
  "kek:batch-committed",
  "kek:before-retired",
  "kek:retired",
] as const;

/** Steps of changing how the root key is protected, in order. */
export const REKEY_FAULT_POINTS = ["rekey:staged", "rekey:before-commit", "rekey:committed"] as const;

/** One of the steps above. */
export type FaultPointName =
  | (typeof FAULT_POINTS)[number]
  | (typeof KEK_FAULT_POINTS)[number]
  | (typeof REKEY_FAULT_POINTS)[number];
