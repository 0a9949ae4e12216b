import type { StatusAnswer } from "../admin/answers.ts";
import { showTime } from "./output.ts";

/** Which administrators a restored key server goes by, and what whoever accepts it has to ask. */
export function rosterKnown({ knew, now }: NonNullable<StatusAnswer["restored"]>): string[] {
  const since = showTime(now.issued);
  const learnt = now.seq - knew.seq;
  const known =
    learnt === 0
      ? `Administrators and rules are those that the backup knew: version ${now.seq} of ${since}.`
      : `Administrators and rules are version ${now.seq} of ${since}: the backup knew version ${knew.seq}, and ${learnt === 1 ? "1 change" : `${learnt} changes`} after it came since.`;
  return [
    known,
    "If an administrator left or a passkey was lost after that, this key server does not know: bring a newer custody report, `holdfast-agent restore links REPORT`, before you accept.",
  ];
}
