import type { Command } from "@holdfast/protocol";
import type { ClockGuard } from "../../self-check/clock.ts";

/**
 * The time that a command is judged by: the believed one. A command that takes the clock as right is judged by that
 * clock itself, so that one approved for a clock of today is worth nothing for any other.
 */
export function timeFor({ act }: Pick<Command, "act">, guard: ClockGuard): number {
  return act === "clock.accept" ? guard.wall() : guard.time();
}
