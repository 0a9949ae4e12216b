import type { DoctorCheck } from "./answers.ts";

/** What `doctor` looked at and found as it should be. */
export const good = (name: string, what: string): DoctorCheck => ({ name, result: "good", what });

/** What a person should look at, with the next step. */
export const warning = (name: string, what: string, next: string): DoctorCheck => ({
  name,
  result: "warning",
  what,
  next,
});

/** What is wrong, with the next step. */
export const bad = (name: string, what: string, next: string): DoctorCheck => ({ name, result: "bad", what, next });

/** A moment as people read it. */
export function timeOf(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1_000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
