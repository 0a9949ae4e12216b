"use client";
import { Badge } from "@/components/badge.tsx";
import { OutcomeProofBadge } from "@/features/custody/outcome-proof-badge.tsx";
import { useOutcomeProof } from "@/features/custody/use-outcome-proof.ts";
import { CodeWords } from "./code-words.tsx";
import { outcomeText, shownCode } from "./outcome-text.ts";

/** A command's row as far as it says what became of it. */
export interface OutcomeRow {
  readonly hash: string;
  readonly status: string;
  readonly code: string | null;
  readonly due: number | null;
  readonly entry: number | null;
}

/** What became of a command, with the word this browser earned for it. */
export function CommandOutcome({ command }: { command: OutcomeRow }) {
  const { hash, status, entry } = command;
  const proof = useOutcomeProof({ of: "command", hash, status, entry });
  const [word, tone] = outcomeText(command);
  const code = shownCode(command);
  if (proof.code === "P_OUTCOME") return <OutcomeProofBadge proof={proof} />;
  if (status === "applied" && proof.level === "checked") return <Badge tone="good">done, checked</Badge>;
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <Badge tone={tone}>{word}</Badge>
      <OutcomeProofBadge proof={proof} />
      {code ? <CodeWords code={code} /> : null}
    </span>
  );
}
