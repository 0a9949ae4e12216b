import type { Tone } from "../../components/badge.tsx";

const OUTCOMES: Readonly<Record<string, readonly [word: string, tone: Tone]>> = {
  open: ["waiting", "quiet"],
  applied: ["done", "good"],
  scheduled: ["approved, waits its delay", "warning"],
  refused: ["refused", "danger"],
  cancelled: ["rejected", "danger"],
  expired: ["ran out", "quiet"],
  withdrawn: ["taken back", "quiet"],
};
const STOPPED = ["stopped", "danger"] as const;

/** What became of a command, in one word everywhere: one that was rejected during its delay was stopped. */
export function outcomeText(command: {
  readonly status: string;
  readonly due: number | null;
}): readonly [word: string, tone: Tone] {
  if (command.status === "cancelled" && command.due !== null) return STOPPED;
  return OUTCOMES[command.status] ?? [command.status, "quiet"];
}

/** The code that is shown beside the word: a rejection is a person's decision and needs none. */
export function shownCode({ code }: { readonly code: string | null }): string | null {
  return code === "E_CANCELLED" ? null : code;
}
