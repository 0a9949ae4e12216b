"use client";
import { Badge } from "@/components/badge.tsx";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useEntryProof } from "@/features/custody/use-entry-proof.ts";
import { CodeWords } from "./code-words.tsx";
import { outcomeText, shownCode } from "./outcome-text.ts";

/** What became of a command, with the word this browser earned for it. */
export function CommandOutcome({
  command,
}: {
  command: { status: string; code: string | null; due: number | null; entry: number | null };
}) {
  const proof = useEntryProof(command.entry, command.entry !== null);
  const [word, tone] = outcomeText(command);
  const code = shownCode(command);
  if (command.status === "applied" && proof.level === "checked") {
    return <Badge tone="good">done, checked</Badge>;
  }
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <Badge tone={tone}>{word}</Badge>
      {command.entry === null ? null : <ProofBadge level={proof.level} code={proof.code} short />}
      {code ? <CodeWords code={code} /> : null}
    </span>
  );
}
