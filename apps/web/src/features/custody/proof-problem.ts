import type { Problem } from "@/components/problem.tsx";

/** What a refusal by this browser means, by code; an unknown V_, P_ or E_ code of a check is still an alarm. */
const MEANING: Readonly<Record<string, string>> = {
  P_TID: "This environment is not the one whose words you compared.",
  P_ROSTER: "The list of administrators is not the one this browser pinned.",
  P_ROLLBACK: "The log that the dashboard shows is shorter than the one this browser has already seen.",
  P_RECEIPT: "A receipt does not belong to what it is shown for.",
  P_RECEIPT_SIG: "A receipt is not signed by a key server of this environment.",
  P_STATE: "A key's state is not the one in the log.",
  P_NAME: "A name is not the one that was put on record.",
  P_LEAF: "A log entry is not the one that was asked for.",
  P_OUTCOME: "The dashboard's record does not agree with the custody log.",
  P_RELABELLED: "The dashboard shows a key otherwise than its signed state says.",
  V_INCLUSION: "A log entry is not in the signed log.",
  V_CONSISTENCY: "The log was rewritten since this browser last saw it.",
  V_SIGNATURE: "The log's head is not signed by a key server of this environment.",
  V_ROOT: "The log's head does not fit its entries.",
  V_STALE: "The log that the dashboard shows is shorter than the one this browser has already seen.",
  W_EQUIVOCATION: "Two different logs of one length were signed.",
};

/** Refused as shorter than what was seen: an old copy of the dashboard's database looks like that until key servers have sent the rest. */
const BEHIND = new Set(["P_ROLLBACK", "V_STALE"]);

/** An error of browser/prove as a plain alarm; null when it was no verdict about evidence (a network error, say). */
export function proofProblem(error: unknown): Problem | null {
  if (typeof error !== "object" || error === null || !("code" in error) || typeof error.code !== "string") return null;
  const { code } = error;
  if (!/^[VPEW]_/.test(code) || code === "E_NETWORK" || code === "E_LIMIT") return null;
  return {
    what: MEANING[code] ?? "What the dashboard sent does not verify in this browser.",
    keys: "Your keys are on your key server and obey only your passkeys. What this page shows of them cannot be trusted now.",
    next: BEHIND.has(code)
      ? "If its database was restored from an older copy: your key server sends what is missing within a minute of reaching it, and this goes away by itself. If it stays, or nothing was restored, look at the key server's own console, and report it with the code."
      : "Look at the key server's own page or console, and report it with the code.",
    code,
  };
}
