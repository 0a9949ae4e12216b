"use client";
import type { Roster } from "@holdfast/protocol";
import { Badge } from "@/components/badge.tsx";
import { useNow } from "@/components/moment.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { CodeWords } from "@/features/approvals/code-words.tsx";
import { outcomeText, shownCode } from "@/features/approvals/outcome-text.ts";
import { OutcomeProofBadge } from "@/features/custody/outcome-proof-badge.tsx";
import { useOutcomeProof } from "@/features/custody/use-outcome-proof.ts";
import type { LinkRow } from "./use-links.ts";
import { whoStops } from "./who-stops.ts";

/** How far a change is: approvals by today's administrators and by those afterwards, its delay, what became of it. */
export function LinkOutcome({ row, roster, base }: { row: LinkRow; roster?: Roster; base?: Roster | null }) {
  const now = useNow();
  const { status, due, old, delivered } = row;
  const next = row.new;
  const proof = useOutcomeProof({ of: "link", hash: row.hash, status, entry: null });
  if (proof.code === "P_OUTCOME") return <OutcomeProofBadge proof={proof} />;
  if (status === "open") {
    if (!delivered) return <p className="text-muted">On its way to the key server.</p>;
    return (
      <p className="text-muted tabular">
        {old.have} of {old.need} {roster?.recover ? "replacement keys" : "of today’s administrators"}
        {roster?.recover || (next.need === old.need && next.have === old.have)
          ? ""
          : `, ${next.have} of ${next.need} of those afterwards`}
        {roster === undefined ? "" : `; by ${showDate(roster.acceptBy, "moment")}`}
      </p>
    );
  }
  if (status === "scheduled" && due !== null) {
    return (
      <p className="flex flex-wrap items-center gap-2 text-warning tabular">
        {due > now
          ? `In force ${showDate(due, "moment")}, in ${showDuration(due - now)}, or later; ${whoStops(row, roster, base)}`
          : "In force at any moment"}
        <OutcomeProofBadge proof={proof} />
      </p>
    );
  }
  const [word, tone] = outcomeText(row);
  const code = shownCode(row);
  return (
    <p className="flex flex-wrap items-center gap-2">
      <Badge tone={tone}>{status === "applied" ? "in force" : word}</Badge>
      <OutcomeProofBadge proof={proof} />
      {code ? <CodeWords code={code} /> : null}
    </p>
  );
}
