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

/** One of {@link FAULT_POINTS}. */
export type FaultPointName = (typeof FAULT_POINTS)[number];
